import { RelayError } from '../relay.errors';
import { applyEdits, setMember } from './edits';
import { estimateInputTokens } from './estimate';
import { Body } from './members';

const parse = (text: string): Body => Body.parse(Buffer.from(text, 'utf8'));
const edited = (text: string, name: string, value: unknown): string => {
  const body = parse(text);
  return applyEdits(body, [setMember(body, name, value)]).toString('utf8');
};

describe('a shallow look at a body', () => {
  it('finds outermost members only, whatever lies inside strings and below', () => {
    const body = parse('{"a":{"model":"inner","x":["}",{"b":"\\"}"}]},"model":"gpt-4o","stream" : true }');
    expect(body.value('model')).toBe('gpt-4o');
    expect(body.value('stream')).toBe(true);
    expect(body.get('b')).toBeUndefined();
    expect(body.get('a')?.type).toBe('object');
  });

  it.each([
    ['text', '"x"', 'string'],
    ['number', '-1.5e+3', 'number'],
    ['null', 'null', 'null'],
    ['array', '[1,[2]]', 'array'],
    ['boolean', 'false', 'boolean'],
  ])('tells the type of a %s', (_name, json, type) => {
    expect(parse(`{"v":${json}}`).get('v')?.type).toBe(type);
  });

  it('reads names written with escapes', () => {
    expect(parse('{"mod\\u0065l":"m"}').value('model')).toBe('m');
  });

  it('keeps text beyond ASCII whole', () => {
    expect(parse('{"a":"北京🌍","model":"模型"}').value('model')).toBe('模型');
  });

  it.each(['', '[]', '"x"', '{', '{"a":}', '{"a":1', '{"a":1}x', '{"a" 1}', '{a:1}', '{"a":1,}', 'null', '\u0000'])(
    'refuses %j with 400',
    (text) => {
      expect(() => parse(text)).toThrow(RelayError);
    },
  );

  it('refuses broken structure in bodies too large to be parsed', () => {
    const long = 'x'.repeat(300_000);
    expect(() => parse(`{"a":"${long}","b":[}`)).toThrow(RelayError);
    expect(() => parse(`{"a":"${long}`)).toThrow(RelayError);
    expect(parse(`{"a":"${long}","model":"m"}`).value('model')).toBe('m');
  });

  it('refuses a name that occurs twice: gateway and upstream might read different ones', () => {
    expect(() => parse('{"model":"cheap","model":"dear"}')).toThrow(/twice/);
  });
});

describe('edits', () => {
  it('replace a member in place and leave every other byte alone', () => {
    expect(edited('{ "n" : 1.00,\n "model":"a", "z":1e2}', 'model', 'b')).toBe('{ "n" : 1.00,\n "model":"b", "z":1e2}');
  });

  it('add a member at the end', () => {
    expect(edited('{"a":1}', 'b', { c: true })).toBe('{"a":1,"b":{"c":true}}');
    expect(edited('{ }', 'b', 1)).toBe('{ "b":1}');
  });
});

describe('the estimate of input tokens', () => {
  it('counts four bytes as a token', () => {
    expect(estimateInputTokens(Buffer.alloc(4_000, 'a'))).toBe(1_000);
  });

  it('does not count the bytes of inline pictures as text', () => {
    const body = Buffer.from(`{"url":"data:image/png;base64,${'A'.repeat(1_000_000)}"}`);
    expect(estimateInputTokens(body)).toBeLessThan(1_100);
  });
});
