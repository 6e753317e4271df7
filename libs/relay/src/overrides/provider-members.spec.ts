import type { Members } from '@app/providers';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';
import { parameterEdits } from './parameter-edits';
import { fixedRules, withParameters } from './parameters';

const bedrock: Members = { set: { anthropic_version: 'b' }, remove: ['model', 'stream'] };

const shape = (text: string, members = bedrock): string => {
  const body = Body.parse(Buffer.from(text));
  return applyEdits(body, parameterEdits(body, fixedRules(members))).toString();
};

describe("a body with its provider's members", () => {
  it.each([
    ['first', '{"model":"m","messages":[ 1 ]}', '{"messages":[ 1 ],"anthropic_version":"b"}'],
    ['last', '{"messages":[ 1 ], "model":"m" }', '{"messages":[ 1 ] ,"anthropic_version":"b"}'],
    ['side by side at the front', '{"model":"m", "stream":true,"a":1}', '{"a":1,"anthropic_version":"b"}'],
    ['side by side at the end', '{"a":1,"model":"m" , "stream":true}', '{"a":1,"anthropic_version":"b"}'],
    ['around what stays', '{ "model":"m","a":{"model":2},"stream":true}', '{ "a":{"model":2},"anthropic_version":"b"}'],
    ['nowhere', '{"a":1}', '{"a":1,"anthropic_version":"b"}'],
    ['before a member that is set', '{"model":"m","anthropic_version":"x","stream":true}', '{"anthropic_version":"b"}'],
  ])('loses them %s', (_, given, wanted) => {
    expect(shape(given)).toBe(wanted);
  });

  it('is the same text and the same value, whatever the order', () => {
    const members = ['"model":"m"', '"stream":true', '"a":[1,"}"]', '"b":"x"'];
    for (const order of orders(members)) {
      const text = `{${order.join(' , ')}}`;
      expect(JSON.parse(shape(text))).toEqual(
        withParameters(JSON.parse(text) as Record<string, unknown>, fixedRules(bedrock)),
      );
    }
  });
});

function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));
}
