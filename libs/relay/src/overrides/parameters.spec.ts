import type { ParameterRule } from '@app/channels';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';
import { parameterEdits } from './parameter-edits';
import { withParameters } from './parameters';

type Change = readonly [op: ParameterRule['op'], path: string, value?: unknown];

const rulesOf = (changes: readonly Change[]): ParameterRule[] =>
  changes.map(([op, path, value]) => ({
    op,
    path: path.split('.'),
    value,
    operations: ['chat'],
    concerns: () => true,
  }));

function patched(text: string, changes: readonly Change[]): string {
  const body = Body.parse(Buffer.from(text));
  return applyEdits(body, parameterEdits(body, rulesOf(changes))).toString('utf8');
}

describe("parameters in the caller's own bytes", () => {
  it.each<[name: string, before: string, changes: readonly Change[], after: string]>([
    ['set in place', '{"model":"m", "top_p" : 1.0 }', [['set', 'top_p', 0.5]], '{"model":"m", "top_p" : 0.5 }'],
    ['set anew', '{"model":"m"}', [['set', 'user', 'é"']], '{"model":"m","user":"é\\""}'],
    ['default where nothing is said', '{"model":"m"}', [['default', 'seed', 7]], '{"model":"m","seed":7}'],
    ['default where something is said', '{"seed":1.0}', [['default', 'seed', 7]], '{"seed":1.0}'],
    ['default where null is said', '{"seed":null}', [['default', 'seed', 7]], '{"seed":null}'],
    ['delete the first', '{"a":1, "b":2,"c":3}', [['delete', 'a']], '{"b":2,"c":3}'],
    ['delete one in the middle', '{"a":1, "b":2,"c":3}', [['delete', 'b']], '{"a":1,"c":3}'],
    ['delete the last', '{"a":1,"b":2 ,"c":3 }', [['delete', 'c']], '{"a":1,"b":2 }'],
    ['delete neighbours', '{"a":1,"b":2,"c":3,"d":4}', [['delete', 'b'], ['delete', 'c']], '{"a":1,"d":4}'], // prettier-ignore
    ['delete the first two', '{"a":1,"b":2,"c":3}', [['delete', 'a'], ['delete', 'b']], '{"c":3}'], // prettier-ignore
    ['delete all', '{"a":1,"b":2}', [['delete', 'a'], ['delete', 'b']], '{}'], // prettier-ignore
    ['delete all and add', '{"a":1,"b":2}', [['delete', 'a'], ['delete', 'b'], ['set', 'c', 3]], '{"c":3}'], // prettier-ignore
    ['delete what is not there', '{"a":1}', [['delete', 'x'], ['delete', 'a.x'], ['delete', 'y.z']], '{"a":1}'], // prettier-ignore
    [
      'change inside, leaving numbers and spaces beside it alone',
      '{"o":{ "big":12345678901234567890, "x":1 },"n":1.0}',
      [['set', 'o.x', 2]],
      '{"o":{ "big":12345678901234567890, "x":2 },"n":1.0}',
    ],
    ['add inside an empty object', '{"o":{ }}', [['set', 'o.a.b', true]], '{"o":{ "a":{"b":true}}}'],
    ['make the objects on the way', '{"a":1}', [['set', 'o.p.q', []]], '{"a":1,"o":{"p":{"q":[]}}}'],
    ['replace what is no object by one', '{"o":null}', [['set', 'o.p', 1]], '{"o":{"p":1}}'],
    ['leave what is no object to the caller', '{"o":null}', [['default', 'o.p', 1]], '{"o":null}'],
    ['default inside', '{"o":{"a":1}}', [['default', 'o.a', 2], ['default', 'o.b', 2]], '{"o":{"a":1,"b":2}}'], // prettier-ignore
    ['delete inside', '{"o":{"a":1,"b":2}}', [['delete', 'o.a']], '{"o":{"b":2}}'],
    ['change what a rule has set', '{"o":{"z":1}}', [['set', 'o', { a: 1 }], ['set', 'o.b', 2]], '{"o":{"a":1,"b":2}}'], // prettier-ignore
    ['delete what a rule has changed', '{"m":1,"o":{"a":1}}', [['set', 'o.a', 2], ['delete', 'o']], '{"m":1}'], // prettier-ignore
    ['set again what a rule has deleted', '{"o":{"a":1}}', [['delete', 'o'], ['set', 'o.b', 2]], '{"o":{"b":2}}'], // prettier-ignore
  ])('%s', (_name, before, changes, after) => {
    expect(patched(before, changes)).toBe(after);
    const object = JSON.parse(before) as Record<string, unknown>;
    expect(withParameters(object, rulesOf(changes))).toEqual(JSON.parse(after));
    expect(object).toEqual(JSON.parse(before));
  });

  it('does to bytes what it does to values, whatever the order of the rules', () => {
    const ops = ['set', 'delete', 'default'] as const;
    const paths = ['a', 'b', 'o', 'o.a', 'o.b', 'o.p.a', 'n.x'];
    for (let seed = 1; seed < 2_000; seed += 1) {
      const at = <T>(list: readonly T[], salt: number): T => list[(seed * salt + (seed >> 3)) % list.length]!;
      const changes = [7, 13, 29, 41].map((salt): Change => [at(ops, salt), at(paths, salt + 4), { v: salt }]);
      const text = at(['{}', '{ "a" : 1 }', '{"o":{"a":1,"p":{"a":[1,{}]}},"b":"}"}', '{"n":null,"o":{},"a":{"x":1}}'], 17); // prettier-ignore
      expect(JSON.parse(patched(text, changes))).toEqual(withParameters(JSON.parse(text), rulesOf(changes)));
    }
  });

  it('tells a caller who names a field twice inside what is changed', () => {
    expect(() => patched('{"o":{"a":1,"a":2}}', [['set', 'o.a', 3]])).toThrow(/occurs twice/);
  });
});
