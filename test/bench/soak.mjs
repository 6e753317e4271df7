// @ts-check
import { memoryMb } from './process-stats.mjs';
import { round } from './report.mjs';

/** @typedef {{ requests: number, rssMb: number, failures: number, perSecond: number }} Sample */

const SAMPLES = 40;

/**
 * Plain requests through the gateway, in equal parts, its memory after each.
 * @param {import('./stand.mjs').Stand} stand
 * @param {number} requests
 */
export async function soak(stand, requests) {
  const { gateway } = stand.targets;
  const part = Math.max(1, Math.ceil(requests / SAMPLES));
  /** @type {Sample[]} */
  const samples = [{ requests: 0, rssMb: memoryMb(gateway.pid).now, failures: 0, perSecond: 0 }];
  for (let done = 0; done < requests;) {
    const count = Math.min(part, requests - done);
    const load = await stand.load({ ...gateway, kind: 'plain', count, concurrency: 8 });
    done += count;
    const sample = {
      requests: done,
      rssMb: memoryMb(gateway.pid).now,
      failures: load.failures,
      perSecond: count / load.seconds,
    };
    samples.push(sample);
    console.log(
      `${done} requests  ${sample.rssMb.toFixed(1)} MB  ${sample.perSecond.toFixed(0)} req/s  ${load.failures} failed ${load.failures ? load.firstFailure : ''}`,
    );
  }
  return { samples, peakRssMb: round(memoryMb(gateway.pid).peak, 1), growthMbPer100k: round(growth(samples), 2) };
}

/**
 * Least-squares slope over the second half, when caches are full and the compiler is done.
 * @param {readonly Sample[]} samples
 */
function growth(samples) {
  const late = samples.slice(Math.floor(samples.length / 2));
  const mean = (/** @type {(sample: Sample) => number} */ of) =>
    late.reduce((sum, sample) => sum + of(sample), 0) / late.length;
  const x = mean((sample) => sample.requests);
  const y = mean((sample) => sample.rssMb);
  const spread = late.reduce((sum, sample) => sum + (sample.requests - x) ** 2, 0);
  const slope = late.reduce((sum, sample) => sum + (sample.requests - x) * (sample.rssMb - y), 0) / (spread || 1);
  return slope * 100_000;
}
