// @ts-check
import { memoryMb } from './process-stats.mjs';

/** @typedef {{ streams: number, failures: number, firstFailure: string | null, beforeMb: number, mostMb: number }} SlowStreams */

const STREAMS = 2_000;
const LOOK_EVERY_MS = 100;

/**
 * Many callers at once whose answers come a word a second, and the most memory the gateway had meanwhile.
 * @param {import('./stand.mjs').Stand} stand
 * @returns {Promise<SlowStreams>}
 */
export async function slowStreams(stand) {
  const { gateway } = stand.targets;
  const beforeMb = memoryMb(gateway.pid).now;
  let mostMb = beforeMb;
  const look = setInterval(() => (mostMb = Math.max(mostMb, memoryMb(gateway.pid).now)), LOOK_EVERY_MS);
  const load = await stand.load({ ...gateway, kind: 'slow-stream', count: STREAMS, concurrency: STREAMS });
  clearInterval(look);
  return { streams: STREAMS, failures: load.failures, firstFailure: load.firstFailure, beforeMb, mostMb };
}
