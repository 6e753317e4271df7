import type { UsagePoint } from '@/api/types';

export type Period = '24h' | '7d' | '30d';
export type Measure = 'requests' | 'costUsd' | 'tokens';

interface Span {
  readonly bucket: 'hour' | 'day';
  readonly stepMs: number;
  readonly steps: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const spans: Readonly<Record<Period, Span>> = {
  '24h': { bucket: 'hour', stepMs: HOUR, steps: 24 },
  '7d': { bucket: 'day', stepMs: DAY, steps: 7 },
  '30d': { bucket: 'day', stepMs: DAY, steps: 30 },
};

export interface Step {
  /** Start of the bucket, ISO. */
  readonly at: string;
  readonly requests: number;
  readonly errors: number;
  readonly tokens: number;
  readonly costUsd: number;
}

export interface Share {
  readonly key: string;
  readonly requests: number;
  readonly costUsd: number;
}

/** The start of a period's first bucket. Buckets are UTC's hours and days, as the server counts. */
export function startOf(period: Period, now: number): number {
  const { stepMs, steps } = spans[period];
  return now - (now % stepMs) - (steps - 1) * stepMs;
}

/** One step per bucket, also where nothing happened. */
export function seriesOf(points: readonly UsagePoint[], period: Period, now: number): Step[] {
  const { stepMs, steps } = spans[period];
  const first = startOf(period, now);
  return Array.from({ length: steps }, (_, index) => {
    const at = first + index * stepMs;
    return stepOf(
      at,
      points.filter(({ bucket }) => Date.parse(bucket) === at),
    );
  });
}

function stepOf(at: number, points: readonly UsagePoint[]): Step {
  const total = (value: (point: UsagePoint) => number) => points.reduce((sum, point) => sum + value(point), 0);
  return {
    at: new Date(at).toISOString(),
    requests: total(({ requests }) => requests),
    errors: total(({ errors }) => errors),
    tokens: total(({ inputTokens, outputTokens }) => inputTokens + outputTokens),
    costUsd: total(({ costUsd }) => costUsd),
  };
}

/** The keys that were asked most, the busiest first. */
export function busiest(points: readonly UsagePoint[], limit: number): Share[] {
  const shares = new Map<string, Share>();
  for (const { key, requests, costUsd } of points) {
    if (key === null) continue;
    const sofar = shares.get(key);
    shares.set(key, { key, requests: requests + (sofar?.requests ?? 0), costUsd: costUsd + (sofar?.costUsd ?? 0) });
  }
  return [...shares.values()].sort((a, b) => b.requests - a.requests).slice(0, limit);
}
