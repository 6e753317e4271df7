import { type CallPrice, callPriceOf } from './call-price';
import { costOf, isFree, totalOf } from './cost';
import { type Price, priceOfUsd } from './price';
import type { BillableUsage } from './usage';

const at = (price: Price, multiplierPpm = 1_000_000): CallPrice =>
  callPriceOf(price, { group: 'default', multiplierPpm, at: 0 });

const plain = priceOfUsd({ inputPerMTok: 1, outputPerMTok: 2 });
const rich = priceOfUsd({
  inputPerMTok: 3,
  outputPerMTok: 15,
  cacheReadPerMTok: 0.3,
  cacheWritePerMTok: 3.75,
  cacheWrite1hPerMTok: 6,
  reasoningPerMTok: 20,
  audioInPerMTok: 40,
  audioOutPerMTok: 80,
  imageInPerMTok: 10,
  imageOutPerMTok: 30,
  perRequest: 0.01,
  perImage: 0.04,
});
const X1 = 1_000_000;
const nano = (price: Price, usage: BillableUsage, multiplierPpm = X1) =>
  costOf(at(price, multiplierPpm), usage).totalNano;

describe('the cost of a call', () => {
  it.each<[string, Price, BillableUsage, number]>([
    ['input and output', plain, { input: 1_000, output: 500 }, 2_000_000],
    ['one token', plain, { input: 1 }, 1_000],
    ['nothing', plain, {}, 0],
    ['zeros', plain, { input: 0, output: 0 }, 0],
    ['a free model', { inputPerMTok: 0, outputPerMTok: 0 }, { input: 5_000, output: 5_000 }, 0],
    [
      'cached input without a price of its own, as input',
      plain,
      { cacheRead: 10, cacheWrite: 10, cacheWrite1h: 10 },
      30_000,
    ],
    ['cached input that is free', { ...plain, cacheReadPerMTok: 0 }, { input: 10, cacheRead: 990 }, 10_000],
    [
      'cache reads and both kinds of writes',
      rich,
      { input: 1, cacheRead: 10, cacheWrite: 100, cacheWrite1h: 1_000, requests: 0 },
      6_381_000,
    ],
    [
      'an hour-long cache without its own price, as a short one',
      { ...plain, cacheWritePerMTok: 5e9 },
      { cacheWrite1h: 2 },
      10_000,
    ],
    ['reasoning at its own price', rich, { output: 10, reasoning: 10, requests: 0 }, 350_000],
    ['reasoning without one, as output', plain, { output: 10, reasoning: 10 }, 40_000],
    ['audio and images at their own', rich, { audioIn: 1, audioOut: 1, imageIn: 1, imageOut: 1, requests: 0 }, 160_000],
    [
      'audio and images as text where they have none',
      plain,
      { audioIn: 1, audioOut: 1, imageIn: 1, imageOut: 1 },
      6_000,
    ],
    ['a request by itself', rich, {}, 10_000_000],
    ['pictures by the piece', rich, { images: 3, requests: 0 }, 120_000_000],
    ['sound by the second', { ...plain, perSecond: 100_000 }, { seconds: 37 }, 3_700_000],
    ['speech by the character', { ...plain, perMCharacters: 15e9 }, { characters: 1_000 }, 15_000_000],
    [
      'seconds and characters beside tokens, where they have no price',
      plain,
      { seconds: 9, characters: 9, input: 1 },
      1_000,
    ],
    ['negative counts as none', plain, { input: -1_000, output: 5 }, 10_000],
    ['what is no number as none', plain, { input: Number.NaN, output: 5 }, 10_000],
  ])('of %s', (_, price, usage, expected) => {
    expect(nano(price, usage)).toBe(expected);
  });

  it.each([
    ['half a nano up', 500, X1, 1],
    ['less than half down', 499, X1, 0],
    ['once, after the multiplier', 300, 1_600_000, 0],
    ['once, after the multiplier, up', 300, 1_700_000, 1],
  ])('is rounded %s', (_, perMTok, multiplier, expected) => {
    // 1 000 tokens at 500 nano-USD per million cost half a nano-USD.
    expect(nano({ inputPerMTok: perMTok, outputPerMTok: 0 }, { input: 1_000 }, multiplier)).toBe(expected);
  });

  it('is not the sum of rounded parts', () => {
    const price = { inputPerMTok: 400, outputPerMTok: 400 };
    expect(nano(price, { input: 1_000 })).toBe(0);
    expect(nano(price, { input: 1_000, output: 1_000 })).toBe(1);
  });

  it('is exact where floating point is not', () => {
    // 0.1 + 0.2 USD per million, and products far beyond 2^53 on the way.
    expect(nano(priceOfUsd({ inputPerMTok: 0.1, outputPerMTok: 0.2 }), { input: 3, output: 3 })).toBe(900);
    expect(nano({ inputPerMTok: 123_456_789, outputPerMTok: 0 }, { input: 9_007_199_254_741 }, 999_999)).toBe(
      Number((123_456_789n * 9_007_199_254_741n * 999_999n + 500_000_000_000n) / 1_000_000_000_000n),
    );
  });

  it('is cut to the largest exact number when an upstream reports an absurd usage', () => {
    expect(nano(rich, { input: Number.MAX_SAFE_INTEGER, output: Infinity }, 5_000_000)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    [0, 0],
    [500_000, 1_000_000],
    [1_250_000, 2_500_000],
    [-1, 0],
  ])('multiplied by %d ppm', (multiplier, expected) => {
    expect(nano(plain, { output: 1_000 }, multiplier)).toBe(expected);
  });

  it('is the same as one call or as lines, which add up to it', () => {
    const usage = { input: 333, cacheRead: 777, cacheWrite: 111, output: 999, reasoning: 7, images: 1 };
    for (const multiplier of [1, 3_333, 333_333, X1, 7_777_777]) {
      const { totalNano, lines } = costOf(at(rich, multiplier), usage);
      expect(lines.reduce((sum, line) => sum + line.nano, 0)).toBe(totalNano);
      expect(lines.map(({ item, quantity }) => [item, quantity])).toEqual([
        ['input', 333],
        ['cacheRead', 777],
        ['cacheWrite', 111],
        ['output', 999],
        ['reasoning', 7],
        ['images', 1],
        ['requests', 1],
      ]);
    }
  });

  it('never falls when more is used', () => {
    const price = { inputPerMTok: 1_234_567, outputPerMTok: 7_654_321 };
    let last = 0;
    for (let tokens = 0; tokens < 2_000; tokens++) {
      const cost = nano(price, { input: tokens, output: tokens >> 1 }, 1_100_000);
      expect(cost).toBeGreaterThanOrEqual(last);
      last = cost;
    }
  });
});

describe('a long context', () => {
  const price = priceOfUsd({
    inputPerMTok: 1,
    outputPerMTok: 10,
    cacheReadPerMTok: 0.1,
    longContext: [
      { aboveTokens: 500_000, inputPerMTok: 3 },
      { aboveTokens: 200_000, inputPerMTok: 2, outputPerMTok: 15 },
    ],
  });

  it('costs its own rates for the whole call, and the usual ones where it names none', () => {
    expect(nano(price, { input: 200_000, output: 10 })).toBe(200_100_000);
    expect(nano(price, { input: 200_001, output: 10 })).toBe(400_152_000);
    expect(nano(price, { input: 100_000, cacheRead: 100_001 })).toBe(210_000_100);
    expect(nano(price, { input: 500_001, output: 10 })).toBe(1_500_153_000);
  });
});

it('a price in USD keeps all nine decimals and refuses a tenth', () => {
  expect(priceOfUsd({ inputPerMTok: 0.123456789, outputPerMTok: 0 }).inputPerMTok).toBe(123_456_789);
  expect(() => priceOfUsd({ inputPerMTok: 0.1234567891, outputPerMTok: 0 })).toThrow(RangeError);
});

describe('the total alone', () => {
  const prices: readonly Price[] = [
    { inputPerMTok: 2_500_000_000, outputPerMTok: 10_000_000_000 },
    { inputPerMTok: 1, outputPerMTok: 333_333_333, cacheReadPerMTok: 7, perRequest: 1, perImage: 40_000_000 },
    { inputPerMTok: 0, outputPerMTok: 0 },
    { inputPerMTok: 9_007_199_254_740_991, outputPerMTok: 9_007_199_254_740_991 },
    { inputPerMTok: 3, outputPerMTok: 15, longContext: [{ aboveTokens: 100, inputPerMTok: 6 }] },
  ];
  const counts = [0, 1, 49, 50, 51, 499_999, 500_000, 500_001, 123_456_789, -3, 2.5, Number.NaN];

  it('is what the lines add up to, whatever was used', () => {
    for (const price of prices)
      for (const input of counts)
        for (const output of counts)
          for (const multiplier of [1_000_000, 1_500_000, 0]) {
            const usage = { input, output, cacheRead: output, images: input > 1_000 ? 0 : input };
            expect(totalOf(at(price, multiplier), usage)).toBe(costOf(at(price, multiplier), usage).totalNano);
          }
  });
});

describe('tools the upstream runs', () => {
  const price = priceOfUsd({ inputPerMTok: 1, outputPerMTok: 2, tools: { webSearch: 0.01, codeExecution: 0.03 } });

  it('are charged by use, beside the tokens', () => {
    const usage = { input: 1_000, tools: { webSearch: 3, codeExecution: 1, fileSearch: 9, something: 4 } };
    const { totalNano, lines } = costOf(at(price), usage);
    expect(totalNano).toBe(1_000_000 + 30_000_000 + 30_000_000);
    expect(lines.map(({ item, quantity, unitNano, per, nano }) => [item, quantity, unitNano, per, nano])).toEqual([
      ['input', 1_000, 1_000_000_000, 1_000_000, 1_000_000],
      ['webSearch', 3, 10_000_000, 1, 30_000_000],
      ['codeExecution', 1, 30_000_000, 1, 30_000_000],
    ]);
    expect(totalOf(at(price), usage)).toBe(totalNano);
  });

  it('cost nothing where the price does not name them, or the count is none', () => {
    expect(nano(plain, { input: 1, tools: { webSearch: 5 } })).toBe(1_000);
    expect(nano(price, { tools: { webSearch: -5, codeExecution: Number.NaN } })).toBe(0);
  });

  it('follow the multiplier of the group, not those of tiers and windows', () => {
    const flex = { ...price, serviceTiers: { flex: { multiplierPpm: 500_000 } } };
    const usage = { input: 1_000_000, tools: { webSearch: 1 }, serviceTier: 'flex' };
    expect(nano(flex, usage, 2_000_000)).toBe(1_000_000_000 + 20_000_000);
  });
});

describe('pictures and film', () => {
  const price = priceOfUsd({
    inputPerMTok: 0,
    outputPerMTok: 0,
    perImage: 0.02,
    perSecond: 0.1,
    media: [
      { size: '1024x1024', perImage: 0.04 },
      { quality: 'hd', perImage: 0.08 },
      { size: '1792x1024', quality: 'hd', perImage: 0.12 },
      { size: '1080p', perSecond: 0.5 },
    ],
  });

  it.each([
    ['of a size with a price of its own', { images: 2, size: '1024x1024' }, 80_000_000],
    ['of a quality with one', { images: 1, size: '1024x1024', quality: 'hd' }, 80_000_000],
    ['of both together', { images: 1, size: '1792x1024', quality: 'hd' }, 120_000_000],
    ['of any other', { images: 1, size: '256x256', quality: 'low' }, 20_000_000],
    ['nobody described', { images: 3 }, 60_000_000],
    ['by the second, of a size with a price of its own', { seconds: 4, size: '1080p' }, 2_000_000_000],
    ['by the second, of another', { seconds: 4, size: '720p' }, 400_000_000],
  ])('%s', (_, usage, expected) => {
    expect(nano(price, usage)).toBe(expected);
    expect(totalOf(at(price), usage)).toBe(expected);
  });
});

describe('a service tier', () => {
  const price = priceOfUsd({
    inputPerMTok: 2,
    outputPerMTok: 10,
    longContext: [{ aboveTokens: 100, inputPerMTok: 4 }],
    serviceTiers: {
      flex: { multiplierPpm: 500_000 },
      priority: { inputPerMTok: 3.5, outputPerMTok: 14, longContext: [{ aboveTokens: 100, inputPerMTok: 7 }] },
    },
  });

  it.each([
    ['none', undefined, 10, 20_000],
    ['one of no price', 'scale', 10, 20_000],
    ['one that is cheaper throughout', 'flex', 10, 10_000],
    ['one that is cheaper, with a long input', 'flex', 200, 400_000],
    ['one with rates of its own', 'priority', 10, 35_000],
    ['one with rates of its own, with a long input', 'priority', 200, 1_400_000],
    ['a name every object has', 'constructor', 10, 20_000],
  ])('%s', (_, serviceTier, input, expected) => {
    expect(nano(price, { input, serviceTier })).toBe(expected);
    expect(totalOf(at(price), { input, serviceTier })).toBe(expected);
  });

  it('is named in the explanation, with its multiplier and the length that counted', () => {
    expect(costOf(at(price, 2_000_000), { input: 200, serviceTier: 'flex' })).toMatchObject({
      totalNano: 800_000,
      serviceTier: 'flex',
      longContextAbove: 100,
      multipliers: [
        { of: 'group', ppm: 2_000_000 },
        { of: 'serviceTier', ppm: 500_000 },
      ],
      lines: [{ item: 'input', multiplier: 1, nano: 800_000 }],
    });
  });
});

it.each<[string, Price, boolean]>([
  ['of zeros', { inputPerMTok: 0, outputPerMTok: 0, tools: { webSearch: 0 } }, true],
  ['with a request', { inputPerMTok: 0, outputPerMTok: 0, perRequest: 1 }, false],
  ['with a tool', { inputPerMTok: 0, outputPerMTok: 0, tools: { webSearch: 1 } }, false],
  ['with a size', { inputPerMTok: 0, outputPerMTok: 0, media: [{ size: 'x', perImage: 1 }] }, false],
  ['with a tier', { inputPerMTok: 0, outputPerMTok: 0, serviceTiers: { priority: { inputPerMTok: 1 } } }, false],
  [
    'with long inputs',
    { inputPerMTok: 0, outputPerMTok: 0, longContext: [{ aboveTokens: 1, outputPerMTok: 1 }] },
    false,
  ],
])('a price %s is free: %s', (_, price, expected) => {
  expect(isFree(at(price))).toBe(expected);
});
