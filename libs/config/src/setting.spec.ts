import { boolean, choice, integer, list, number, secret, text } from './setting';

const help = { en: 'x', zh: 'x' };

const kinds = {
  integer: integer({ default: 5, min: 1, max: 10, help }),
  number: number({ default: 0.5, min: 0, max: 1, help }),
  boolean: boolean({ default: false, help }),
  text: text({ default: 'a', maxLength: 3, pattern: /[a-z]*/, help }),
  choice: choice({ default: 'red', choices: ['red', 'blue'], help }),
  list: list({ default: [], maxItems: 2, maxLength: 3, help }),
  secret: secret({ maxLength: 5, pattern: /x+/, help }),
};

describe('a setting accepts exactly the values of its kind', () => {
  it.each([
    ['integer', 1],
    ['integer', 10],
    ['number', 0],
    ['number', 0.25],
    ['boolean', true],
    ['text', ''],
    ['text', 'abc'],
    ['choice', 'blue'],
    ['list', []],
    ['list', ['a', 'b']],
    ['secret', 'xx'],
    ['secret', ''],
  ] as const)('%s takes %p', (kind, value) => {
    expect(kinds[kind].parse(value)).toEqual({ ok: true, value });
  });

  it.each([
    ['integer', 0, 'must be at least 1'],
    ['integer', 11, 'must be at most 10'],
    ['integer', 1.5, 'must be an integer'],
    ['integer', '5', 'must be an integer'],
    ['integer', 2 ** 60, 'must be an integer'],
    ['number', Number.NaN, 'must be a number'],
    ['number', Infinity, 'must be a number'],
    ['number', -0.1, 'must be at least 0'],
    ['boolean', 'true', 'must be true or false'],
    ['boolean', 1, 'must be true or false'],
    ['text', 5, 'must be a text'],
    ['text', 'abcd', 'must be at most 3 characters'],
    ['text', 'ab1', 'must match [a-z]*'],
    ['text', 'a\0', 'must not contain a NUL character'],
    ['choice', 'green', 'must be one of red, blue'],
    ['choice', 'constructor', 'must be one of red, blue'],
    ['list', 'a', 'must be a list'],
    ['list', { length: 1, 0: 'a' }, 'must be a list'],
    ['list', ['a', 'b', 'c'], 'must have at most 2 items'],
    ['list', ['a', 7], 'item 1 must be a text'],
    ['secret', 'abc', 'must match x+'],
    ['secret', 'xxxxxx', 'must be at most 5 characters'],
  ] as const)('%s refuses %p', (kind, value, message) => {
    expect(kinds[kind].parse(value)).toEqual({ ok: false, message });
  });
});
