// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMicros } from './process-stats.mjs';
import { median, percentile } from './statistics.mjs';

/**
 * @typedef {import('./options.mjs').Kind} Kind
 * @typedef {import('./stand.mjs').Stand} Stand
 * @typedef {import('./stand.mjs').Target} Target
 * @typedef {{ cpuMicros: number, perSecond: number, failures: number, firstFailure: string | null }} Cost CPU of the target per request
 * @typedef {{ p50Ms: number, p99Ms: number, firstByteP50Ms: number }} Latency
 * @typedef {{ bare: Cost, gateway: Cost }} CostRound
 * @typedef {{ direct: Latency, bare: Latency, gateway: Latency }} LatencyRound
 */

const CONCURRENCY = { plain: 8, stream: 16, body: 4, 'large-body': 2, translate: 8, 'translate-stream': 16 };
/** Until the compilers of both are done: before that, the larger program seems slower than it is. */
const WARM_UP = {
  plain: 4_000,
  stream: 1_500,
  body: 100,
  'large-body': 10,
  translate: 4_000,
  'translate-stream': 1_500,
};
/** Requests of a round: `--requests` divided by this. */
export const SHARE = { plain: 1, stream: 10, body: 10, 'large-body': 200, translate: 1, 'translate-stream': 10 };
/** The gateway writes its log in batches behind the answers: what that costs belongs to the requests. */
const WRITE_BEHIND_MS = 1_500;
export const LATENCY_RATE = 100;
const LATENCY_REQUESTS = 300;

/**
 * @param {Stand} stand
 * @param {Kind} kind
 */
export async function warmUp(stand, kind) {
  for (const target of Object.values(stand.targets)) {
    await stand.load({ ...target, kind, count: WARM_UP[kind], concurrency: CONCURRENCY[kind] });
  }
}

/**
 * Bare proxy and gateway one after the other, in alternating order, so that drift of the machine hits both.
 * @param {Stand} stand
 * @param {Kind} kind
 * @param {{ count: number, round: number }} plan
 * @returns {Promise<CostRound>}
 */
export async function costRound(stand, kind, { count, round }) {
  const { bare, gateway } = stand.targets;
  if (round % 2 === 0)
    return { bare: await costOf(stand, bare, kind, count), gateway: await costOf(stand, gateway, kind, count) };
  const first = await costOf(stand, gateway, kind, count);
  return { bare: await costOf(stand, bare, kind, count), gateway: first };
}

/**
 * @param {Stand} stand
 * @param {Target} target
 * @param {Kind} kind
 * @param {number} count
 * @returns {Promise<Cost>}
 */
async function costOf(stand, target, kind, count) {
  const before = cpuMicros(target.pid);
  const load = await stand.load({ ...target, kind, count, concurrency: CONCURRENCY[kind] });
  await sleep(WRITE_BEHIND_MS);
  const spent = cpuMicros(target.pid) - before;
  return {
    cpuMicros: spent / count,
    perSecond: count / load.seconds,
    failures: load.failures,
    firstFailure: load.firstFailure,
  };
}

/**
 * @param {Stand} stand
 * @returns {Promise<LatencyRound>}
 */
export async function latencyRound(stand) {
  const { direct, bare, gateway } = stand.targets;
  return {
    direct: await latencyOf(stand, direct),
    bare: await latencyOf(stand, bare),
    gateway: await latencyOf(stand, gateway),
  };
}

/**
 * @param {Stand} stand
 * @param {Target} target
 * @returns {Promise<Latency>}
 */
async function latencyOf(stand, target) {
  const load = await stand.load({ ...target, kind: 'plain', count: LATENCY_REQUESTS, rate: LATENCY_RATE });
  return {
    p50Ms: median(load.latenciesMs),
    p99Ms: percentile(load.latenciesMs, 0.99),
    firstByteP50Ms: median(load.firstBytesMs),
  };
}
