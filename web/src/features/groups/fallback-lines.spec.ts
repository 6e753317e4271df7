import { fallbacksOf, linesOf } from './fallback-lines';

describe('models that stand in, as lines', () => {
  it('read as they were written', () => {
    const fallbacks = { 'gpt-x': ['gpt-y', 'gpt-z'], '*': ['cheap:1'] };
    expect(fallbacksOf(linesOf(fallbacks))).toEqual(fallbacks);
    expect(fallbacksOf('\n  a=b ,c\n\n')).toEqual({ a: ['b', 'c'] });
    expect(fallbacksOf('')).toEqual({});
  });

  it.each(['a', 'a =', '= b', 'a = b,,c', 'a = b = c'])('are refused: %s', (text) => {
    expect(fallbacksOf(text)).toBeNull();
  });
});
