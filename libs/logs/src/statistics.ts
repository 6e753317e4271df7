import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { invalid } from '@app/core';
import { DurationHistogram } from './duration-class';
import {
  StatisticsRepository,
  type UsageDimension,
  type UsagePoint,
  type UsageRange,
  type UsageSums,
} from './statistics.repository';

export type BucketSize = 'hour' | 'day';

export interface UsageSummary extends UsageSums {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface UsageSeries {
  /** By time; the keys of one bucket with the busiest first. */
  readonly points: UsagePoint[];
  /** True when there was more than a series may hold; what is there is then the beginning. */
  readonly truncated: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const width: Readonly<Record<BucketSize, number>> = { hour: HOUR, day: DAY };
/** The longest range: a month by the hour, a year by the day. */
const longest: Readonly<Record<BucketSize, number>> = { hour: 32 * DAY, day: 367 * DAY };
/** Up to here a summary is made hour by hour, beyond day by day. */
const FINE_SUMMARY = 8 * DAY;
const MAX_POINTS = 10_000;

/**
 * Numbers over the usage log. Days and hours are UTC's. A range is worked through in slices with other work in between: SQLite
 * answers in this process, which serves nothing else meanwhile.
 */
@Injectable()
export class Statistics {
  constructor(private readonly repository: StatisticsRepository) {}

  async summary(range: UsageRange): Promise<UsageSummary> {
    checkRange(range, 'day');
    const durations = new DurationHistogram();
    let total: UsageSums = { requests: 0, errors: 0, inputTokens: 0, outputTokens: 0, costNano: 0 };
    const slice = range.to - range.from > FINE_SUMMARY ? DAY : HOUR;
    for await (const part of slicesOf(range, slice)) {
      for (const sums of await this.repository.durations(part)) {
        durations.add(sums);
        total = sum(total, sums);
      }
    }
    return { ...total, p50Ms: durations.percentile(50), p95Ms: durations.percentile(95) };
  }

  async usage(range: UsageRange, bucket: BucketSize, by: UsageDimension): Promise<UsageSeries> {
    checkRange(range, bucket);
    const points: UsagePoint[] = [];
    for await (const part of slicesOf(range, width[bucket])) {
      points.push(...(await this.repository.points(part, by, width[bucket], MAX_POINTS + 1 - points.length)));
      if (points.length > MAX_POINTS) return { points: points.slice(0, MAX_POINTS), truncated: true };
    }
    return { points, truncated: false };
  }
}

function checkRange({ from, to }: UsageRange, bucket: BucketSize): void {
  if (!(from < to)) throw invalid('from', 'must be before `to`');
  if (to - from > longest[bucket])
    throw invalid('from', `a range by the ${bucket} holds at most ${longest[bucket] / DAY} days`);
}

/** Cut at whole multiples of `size`, with a turn of the event loop after each. */
async function* slicesOf(range: UsageRange, size: number): AsyncGenerator<UsageRange> {
  for (let { from } = range; from < range.to;) {
    const to = Math.min(from - (from % size) + size, range.to);
    yield { ...range, from, to };
    await turn();
    from = to;
  }
}

const sum = (a: UsageSums, b: UsageSums): UsageSums => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  costNano: a.costNano + b.costNano,
});
