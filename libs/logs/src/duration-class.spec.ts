import { DurationHistogram } from './duration-class';

const histogram = (...parts: [durationClass: number, requests: number, longestMs: number][]) => {
  const sum = new DurationHistogram();
  for (const [durationClass, requests, longestMs] of parts) sum.add({ durationClass, requests, longestMs });
  return sum;
};

describe('percentiles', () => {
  it('of nothing are unknown', () => {
    expect(histogram().percentile(50)).toBeNull();
  });

  it('are the longest duration of the class that reaches the share', () => {
    const durations = histogram([100, 9, 103], [500, 10, 504], [2_000, 1, 2_049]);
    expect(durations.percentile(45)).toBe(103);
    expect(durations.percentile(46)).toBe(504);
    expect(durations.percentile(95)).toBe(504);
    expect(durations.percentile(96)).toBe(2_049);
  });

  it('of merged slices are those of all their requests, in whatever order the slices come', () => {
    const durations = histogram([500, 1, 500], [10, 1, 10], [500, 1, 504], [10, 3, 10]);
    expect(durations.percentile(50)).toBe(10);
    expect(durations.percentile(95)).toBe(504);
  });
});
