/**
 * Percentiles without sorting: durations are counted in classes no wider than 5 % of their value, about 900 at most, by a
 * GROUP BY that runs alike on SQLite, PostgreSQL and MySQL. The answer is the longest duration seen in the class that holds the
 * percentile: one that really occurred, at most 5 % above the exact one, and exact below 100 ms and for few requests. Counts of
 * classes add up, so hours merge into days.
 */
const steps: readonly (readonly [below: number, step: number])[] = [
  [100, 1],
  [1_000, 5],
  [10_000, 50],
  [100_000, 500],
  [1_000_000, 5_000],
  [10_000_000, 50_000],
];

const TOP_CLASS = 10_000_000;

/** SQL for the class of `column`: the shortest duration in it, in milliseconds. */
export const durationClass = (column: string): string =>
  `CASE ${steps.map(([below, step]) => `WHEN ${column} < ${below} THEN ${column} - ${column} % ${step}`).join(' ')} ELSE ${TOP_CLASS} END`;

export interface DurationCount {
  readonly durationClass: number;
  readonly requests: number;
  /** The longest duration counted. */
  readonly longestMs: number;
}

/** Adds up counts of several slices of time. */
export class DurationHistogram {
  readonly #classes = new Map<number, { requests: number; longestMs: number }>();
  #requests = 0;

  add({ durationClass: name, requests, longestMs }: DurationCount): void {
    const sum = this.#classes.get(name) ?? { requests: 0, longestMs: 0 };
    this.#classes.set(name, { requests: sum.requests + requests, longestMs: Math.max(sum.longestMs, longestMs) });
    this.#requests += requests;
  }

  /** `percent` 95 → the duration that 95 % of the requests did not exceed; null when there were none. */
  percentile(percent: number): number | null {
    let seen = 0;
    for (const [, { requests, longestMs }] of [...this.#classes].sort(([a], [b]) => a - b)) {
      seen += requests;
      if (seen * 100 >= this.#requests * percent) return longestMs;
    }
    return null;
  }
}
