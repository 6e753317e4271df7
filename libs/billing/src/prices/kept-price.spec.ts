import { callPriceOf, type CallPrice } from './call-price';
import { totalOf } from './cost';
import { explain, keptPrice } from './kept-price';
import { type Price, rateNames, toolNames } from './price';
import { type BillableUsage, quantity } from './usage';

/** The same numbers at every run (mulberry32). */
function dice(seed: number) {
  const next = (): number => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const upTo = (most: number): number => Math.floor(next() ** 3 * most);
  return { one, upTo, maybe: (chance: number) => next() < chance };
}

type Dice = ReturnType<typeof dice>;

const someOf = <K extends string>(names: readonly K[], { maybe, upTo }: Dice, most: number) =>
  Object.fromEntries(names.filter(() => maybe(0.5)).map((name) => [name, upTo(most)])) as Partial<Record<K, number>>;

function anyPrice(roll: Dice): Price {
  const rates = () => someOf(rateNames, roll, 90_000_000_001);
  return {
    inputPerMTok: 0,
    outputPerMTok: 0,
    ...rates(),
    ...(roll.maybe(0.5) && {
      longContext: [
        { aboveTokens: 1 + roll.upTo(10_000), ...rates() },
        { aboveTokens: 20_000 + roll.upTo(10_000), ...rates() },
      ],
    }),
    ...(roll.maybe(0.5) && { tools: someOf(toolNames, roll, 100_000_000) }),
    ...(roll.maybe(0.5) && {
      serviceTiers: {
        flex: { multiplierPpm: roll.upTo(1_000_001) },
        priority: { ...rates(), tools: { webSearch: 7 } },
      },
    }),
    ...(roll.maybe(0.3) && {
      media: [
        { size: 'large', perImage: roll.upTo(1e9) },
        { quality: 'hd', perSecond: 3 },
      ],
    }),
    ...(roll.maybe(0.5) && {
      windows: [{ from: '00:00', to: '12:00', zone: 'UTC', multiplierPpm: roll.upTo(3_000_001), ...rates() }],
    }),
    ...(roll.maybe(0.3) && { groups: { vip: { ...rates(), multiplierPpm: roll.upTo(2_000_001) } } }),
  };
}

const counts = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioIn',
  'audioOut',
] as const;
const more = ['imageIn', 'imageOut', 'images', 'seconds', 'characters'] as const;

const anyUsage = (roll: Dice): BillableUsage & { corrected?: boolean } => ({
  input: 0,
  output: 0,
  ...someOf(counts, roll, 60_000),
  ...(roll.maybe(0.3) && someOf(more, roll, 5_000)),
  ...(roll.maybe(0.3) && { tools: { ...someOf(toolNames, roll, 40), unheard_of: 3 } }),
  ...(roll.maybe(0.3) && { serviceTier: roll.one(['flex', 'priority', 'scale']) }),
  ...(roll.maybe(0.2) && { size: roll.one(['large', 'small']), quality: roll.one(['hd', 'low']) }),
  ...(roll.maybe(0.1) && { corrected: true }),
});

/** As the usage log keeps a call, after a journey through JSON. */
function logged(price: CallPrice, usage: BillableUsage, costNano = totalOf(price, usage)) {
  const sum = (...parts: (number | undefined)[]) => parts.reduce<number>((all, part) => all + quantity(part), 0);
  const { input, cacheRead, cacheWrite, cacheWrite1h, audioIn, imageIn } = usage;
  return {
    inputTokens: sum(input, cacheRead, cacheWrite, cacheWrite1h, audioIn, imageIn),
    outputTokens: sum(usage.output, usage.reasoning, usage.audioOut, usage.imageOut),
    cacheReadTokens: sum(cacheRead),
    cacheWriteTokens: sum(cacheWrite, cacheWrite1h),
    reasoningTokens: sum(usage.reasoning),
    costNano,
    usageSource: 'upstream' as const,
    price: JSON.parse(JSON.stringify(keptPrice(price, usage))) as unknown,
  };
}

describe('a logged call', () => {
  it('explains its own sum, whatever was used at whatever price', () => {
    const roll = dice(20_261_123);
    for (let round = 0; round < 3_000; round++) {
      const price = anyPrice(roll);
      const circumstances = {
        group: roll.one(['vip', 'a']),
        multiplierPpm: roll.one([1e6, 1e6, 333_333, 0, 1_250_001]),
      };
      const call = callPriceOf(price, { ...circumstances, at: roll.upTo(86_400_000) });
      const row = logged(call, anyUsage(roll));
      const { lines, totalNano } = explain(row)!;
      const sum = lines.reduce((all, { nano }) => all + nano, 0);
      expect([round, totalNano, sum]).toEqual([round, row.costNano, row.costNano]);
      // Without an adjustment: each line is made of the quantity, the price and the multipliers it shows.
      for (const line of lines) {
        if (line.item === 'adjustment') throw new Error(`round ${round} needed an adjustment of ${line.nano}`);
        const exact = (line.quantity * line.unitNano * line.multiplier) / line.per;
        expect(Math.abs(line.nano - exact)).toBeLessThanOrEqual(1 + exact * 1e-9);
      }
    }
  });

  const plain: CallPrice = { inputPerMTok: 1_000_000_000, outputPerMTok: 2_000_000_000, multiplierPpm: 1_000_000 };

  it('keeps one price for all calls that used nothing but ordinary tokens', () => {
    expect(keptPrice(plain, { input: 5, output: 7, cacheRead: 3, reasoning: 1, audioIn: 0 })).toBe(plain);
    const tiered = { ...plain, serviceTiers: { flex: { multiplierPpm: 5 }, priority: { multiplierPpm: 6 } } };
    expect(keptPrice(tiered, { input: 5 })).toEqual(plain);
    expect(keptPrice(tiered, { input: 5 })).toBe(keptPrice(tiered, undefined));
    expect(keptPrice(tiered, { input: 5, serviceTier: 'flex' })).toEqual({
      ...plain,
      serviceTiers: { flex: { multiplierPpm: 5 } },
      units: { serviceTier: 'flex' },
    });
  });

  it('shows what was charged beside the price, as where a call is cut at the dearest it may be', () => {
    const row = logged(plain, { input: 1_000_000 }, 600_000_000);
    expect(explain(row)).toMatchObject({
      totalNano: 600_000_000,
      lines: [
        { item: 'input', nano: 1_000_000_000 },
        { item: 'adjustment', nano: -400_000_000 },
      ],
    });
  });

  it('that delivered nothing explains nothing but zero, even at a price by the request', () => {
    const row = { ...logged({ ...plain, perRequest: 5 }, {}, 0), usageSource: null };
    expect(explain(row)).toMatchObject({ totalNano: 0, lines: [] });
  });

  it('says that its upstream told impossible numbers, or that nobody had set its price', () => {
    const row = logged({ ...plain, unpriced: true }, { input: 1, ...{ corrected: true } });
    expect(explain(row)).toMatchObject({ corrected: true, unpriced: true });
  });

  it.each([null, undefined, {}, [], 'x', 5])('without a price (%j) cannot explain itself', (price) => {
    expect(explain({ ...logged(plain, {}), price })).toBeNull();
  });

  it('of before keeps what it had: a price with its multiplier and units', () => {
    const price = {
      inputPerMTok: 5_000_000,
      outputPerMTok: 0,
      perSecond: 7,
      multiplierPpm: 2_000_000,
      units: { seconds: 3 },
    };
    expect(explain({ ...logged(plain, { input: 1_000 }, 10_042), price })).toMatchObject({
      totalNano: 10_042,
      lines: [
        { item: 'input', nano: 10_000 },
        { item: 'seconds', quantity: 3, nano: 42 },
      ],
    });
  });
});
