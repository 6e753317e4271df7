import { createFormat } from './format';

const en = createFormat('en');
const zh = createFormat('zh-CN');

describe('format', () => {
  it.each([
    [0, '$0.00'],
    [12.3456, '$12.35'],
    [1_234_567, '$1,234,567.00'],
    [0.00004215, '$0.0000422'],
    [0.5, '$0.50'],
    [-0.25, '-$0.25'],
    [null, '–'],
  ])('writes %s USD as %s', (usd, text) => expect(en.money(usd)).toBe(text));

  it.each([
    [0, '0 ms'],
    [999.6, '1 s'],
    [1240, '1.24 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [undefined, '–'],
  ])('writes %s ms as %s', (ms, text) => expect(en.duration(ms)).toBe(text));

  it('keeps small counts exact and shortens large ones', () => {
    expect([en.compact(9_999), en.compact(12_345), en.compact(5_400_000)]).toEqual(['9,999', '12.3K', '5.4M']);
  });

  it('tells the past from the future, in the language of the console', () => {
    const now = Date.parse('2026-11-23T10:00:00Z');
    expect(en.relative('2026-11-23T09:57:00Z', now)).toBe('3m ago');
    expect(en.relative('2026-11-25T11:00:00Z', now)).toBe('in 2d');
    expect(zh.relative('2026-11-23T09:57:00Z', now)).toBe('3分钟前');
  });
});
