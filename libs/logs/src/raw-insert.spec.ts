import { clip, count, exact, json } from './raw-insert';

describe('a row that comes from outside can always be stored', () => {
  it.each([
    [5, 5],
    [0, 0],
    [-1, 0],
    [Number.NaN, 0],
    [Infinity, 1e12],
    [1e300, 1e12],
    [2.5, 3],
  ])('the count %p as %p', (value, stored) => {
    expect(count(value)).toBe(stored);
  });

  it('text without NUL and no longer than its column', () => {
    expect(clip('a\0b', 10)).toBe('ab');
    expect(clip('abcdef', 3)).toBe('abc');
    expect(clip('面'.repeat(300), 200)).toHaveLength(200);
  });

  it('JSON no longer than any database takes', () => {
    expect(json({ a: 1 }, '{}')).toBe('{"a":1}');
    expect(json(null, '{}')).toBeNull();
    expect(json(undefined, '{}')).toBeNull();
    expect(json('面'.repeat(20_000), '"…"')).toBe('"…"');
    expect(json({ text: 'a\0b' }, '{}')).not.toContain('\0');
  });

  it('but money only as it is', () => {
    expect(exact(-5)).toBe(-5);
    expect(() => exact(0.5)).toThrow(RangeError);
    expect(() => exact(2 ** 53)).toThrow(RangeError);
  });
});
