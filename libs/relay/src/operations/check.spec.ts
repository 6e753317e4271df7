import { Body } from '../request/members';
import { checkFields, type Expected, withArticle } from './check';

const expected: Expected = { required: ['input'], types: { input: ['string', 'array'], n: ['number'] } };
const check = (body: object, words?: typeof withArticle) => () =>
  checkFields(Body.parse(Buffer.from(JSON.stringify(body))), expected, words);

it.each([{ input: 'x' }, { input: [], n: 2 }, { input: 'x', n: null }, { input: 'x', unknown: {} }])(
  'lets %j pass',
  (body) => {
    expect(check(body)).not.toThrow();
  },
);

it.each([{}, { input: null }])('names what is missing in %j', (body) => {
  expect(check(body)).toThrow("Missing required parameter: 'input'.");
});

it.each([
  [{ input: 5 }, "Invalid type for 'input': expected string or array, but got number instead."],
  [{ input: 'x', n: '2' }, "Invalid type for 'n': expected number, but got string instead."],
])('says of %j what it should be', (body, message) => {
  expect(check(body)).toThrow(message);
});

it('puts an article before a type where the API does', () => {
  const message = "Invalid type for 'input': expected a string or an array, but got an object instead.";
  expect(check({ input: {} }, withArticle)).toThrow(message);
});
