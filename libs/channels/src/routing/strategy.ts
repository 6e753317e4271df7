import type { IndexedChannel } from './indexed-channel';

/** Who is asked first among channels of the same priority. `cheapest` narrows the tier itself; see `ChannelSelector`. */
export type Strategy = 'weighted' | 'least_busy' | 'lowest_latency' | 'cheapest';

/** Lower is better, never negative; `model` is the upstream's name of it. */
export type Score = (channel: ScoredChannel, model: string, now: number) => number;

export type ScoredChannel = Pick<IndexedChannel, 'load' | 'weight'>;

/** Who stands in the same place: times within a sixth of each other tell nobody apart. */
const tolerance = 7 / 6;

export const scores: Readonly<Partial<Record<Strategy, Score>>> = {
  // A weight is how much a channel can take; without one it is the last resort.
  least_busy: ({ load, weight }) => (weight === 0 ? Number.MAX_VALUE : load.inFlight / weight),
  lowest_latency: ({ load, weight }, model, now) => (weight === 0 ? Number.MAX_VALUE : load.latency(model, now)),
};

/**
 * The position of the best of the candidates, by weight among equals; -1 when none is left. `out`: positions passed over.
 * Pure but for `random`, which is uniform in [0, 1).
 */
export function best(
  candidates: readonly ScoredChannel[],
  values: readonly number[],
  out: ReadonlySet<number>,
  random: () => number,
): number {
  let least = Infinity;
  for (let at = 0; at < values.length; at++) if (values[at]! < least && !out.has(at)) least = values[at]!;
  let chosen = -1;
  let total = 0;
  for (let at = 0; at < values.length; at++) {
    if (out.has(at) || values[at]! > least * tolerance) continue;
    const weight = Math.max(candidates[at]!.weight, Number.MIN_VALUE);
    total += weight;
    if (random() * total < weight) chosen = at;
  }
  return chosen;
}
