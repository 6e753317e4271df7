import type { UsagePoint } from '@/api/types';
import { busiest, seriesOf, startOf } from './usage-series';

const now = Date.parse('2026-11-23T10:30:00Z');
const point = (bucket: string, key: string | null, requests: number): UsagePoint => ({
  bucket,
  key,
  requests,
  errors: 1,
  inputTokens: 10,
  outputTokens: 5,
  costUsd: 0.5,
  p50Ms: 1,
  p95Ms: 2,
});

describe('seriesOf', () => {
  it('has a step for every hour, also where nothing happened', () => {
    const steps = seriesOf([point('2026-11-23T10:00:00.000Z', 'a', 2)], '24h', now);
    expect(steps).toHaveLength(24);
    expect(steps[0]).toMatchObject({ at: '2026-11-22T11:00:00.000Z', requests: 0 });
    expect(steps.at(-1)).toMatchObject({ at: '2026-11-23T10:00:00.000Z', requests: 2 });
  });

  it('adds up the models of one bucket', () => {
    const points = [point('2026-11-23T00:00:00Z', 'a', 2), point('2026-11-23T00:00:00Z', 'b', 3)];
    expect(seriesOf(points, '7d', now).at(-1)).toMatchObject({ requests: 5, errors: 2, tokens: 30, costUsd: 1 });
  });

  it.each(['24h', '7d', '30d'] as const)('asks the server for exactly the steps of %s', (period) => {
    expect(seriesOf([], period, now)[0]?.at).toBe(new Date(startOf(period, now)).toISOString());
  });
});

describe('busiest', () => {
  it('adds up over time, leaves out what has no name, and ends at the limit', () => {
    const points = [
      point('x', 'a', 2),
      point('y', 'a', 2),
      point('x', 'b', 3),
      point('x', null, 99),
      point('x', 'c', 1),
    ];
    expect(busiest(points, 2).map(({ key, requests }) => [key, requests])).toEqual([
      ['a', 4],
      ['b', 3],
    ]);
  });
});
