import { specialExample, specialRates, specialText } from './special-rates';

describe('rates for circumstances', () => {
  it('come back as they were shown', () => {
    const prices = { inputPerMTok: 1, longContext: [{ aboveTokens: 5 }], groups: { vip: { multiplier: 0.5 } } };
    expect(specialRates(specialText(prices))).toEqual({
      longContext: [{ aboveTokens: 5 }],
      groups: { vip: { multiplier: 0.5 } },
    });
    expect(specialText({ inputPerMTok: 1 })).toBe('');
    expect(specialRates(' ')).toEqual({});
    expect(Object.keys(specialRates(specialExample)!)).toContain('windows');
  });

  it.each(['{', '[]', '5', 'null', 'nonsense'])('are not %j', (text) => expect(specialRates(text)).toBeUndefined());
});
