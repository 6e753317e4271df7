import { credentialsOf } from './credentials-text';

const account = '{\n  "type": "service_account",\n  "note": "a } in a text"\n}';

describe('credentials typed into one field', () => {
  it.each([
    ['a line each', ' sk-a \n\nsk-b\n', ['sk-a', 'sk-b']],
    ['a JSON object over several lines', account, [account.replaceAll('  ', '')]],
    ['JSON objects on a line each', '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ['both', `sk-a\n${account}\nsk-b`, ['sk-a', account.replaceAll('  ', ''), 'sk-b']],
    ['an object that does not end, for the server to refuse', '{"a":\nsk-b', ['{"a":\nsk-b']],
    ['nothing', ' \n', []],
  ])('are read as %s', (_, text, wanted) => {
    expect(credentialsOf(text)).toEqual(wanted);
  });
});
