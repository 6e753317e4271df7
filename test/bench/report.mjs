// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.mjs';

/**
 * @typedef {import('./rounds.mjs').CostRound} CostRound
 * @typedef {import('./rounds.mjs').LatencyRound} LatencyRound
 */

const FOLDER = 'bench-results';

/** What the CPU ratio should stay under on Node 20. A look at it, never a verdict: machines differ. */
const GOALS = { plain: 1.6, stream: 1.25, body: 1.3, 'large-body': null, translate: 2.5, 'translate-stream': null };
const CHUNK_GOAL_MICROS = 3;

/**
 * @param {Record<string, CostRound[]>} costs by kind
 * @returns {Record<string, string | number>[]} rows for console.table
 */
export function costTable(costs) {
  return Object.entries(costs).map(([kind, rounds]) => ({
    kind,
    'bare µs': round(median(rounds.map(({ bare }) => bare.cpuMicros)), 0),
    'gateway µs': round(median(rounds.map(({ gateway }) => gateway.cpuMicros)), 0),
    ratio: round(median(rounds.map(({ bare, gateway }) => gateway.cpuMicros / bare.cpuMicros)), 2),
    goal: /** @type {Record<string, number | null>} */ (GOALS)[kind] ?? '',
    'bare req/s': round(median(rounds.map(({ bare }) => bare.perSecond)), 0),
    'gateway req/s': round(median(rounds.map(({ gateway }) => gateway.perSecond)), 0),
    failures: rounds.reduce((sum, { bare, gateway }) => sum + bare.failures + gateway.failures, 0),
  }));
}

/** @param {import('./translate-cost.mjs').ChunkCost[]} costs */
export function chunkTable(costs) {
  return costs.map(({ upstream, client, ownMicros, parseAndWriteMicros, totalMicros }) => ({
    upstream,
    client,
    'own µs': round(ownMicros, 2),
    goal: CHUNK_GOAL_MICROS,
    'parse + write µs': round(parseAndWriteMicros, 2),
    'total µs': round(totalMicros, 2),
  }));
}

/** @param {LatencyRound[]} rounds */
export function latencyTable(rounds) {
  const names = /** @type {const} */ (['direct', 'bare', 'gateway']);
  const direct = median(rounds.map((one) => one.direct.p50Ms));
  return names.map((name) => {
    const p50 = median(rounds.map((one) => one[name].p50Ms));
    return {
      target: name,
      'p50 ms': round(p50, 3),
      'added p50 ms': round(p50 - direct, 3),
      'p99 ms': round(median(rounds.map((one) => one[name].p99Ms)), 3),
    };
  });
}

/**
 * The first failure each target reported.
 * @param {Record<string, CostRound[]>} costs
 */
export function failures(costs) {
  const all = Object.values(costs).flat();
  return (
    all.flatMap(({ bare, gateway }) => [bare.firstFailure, gateway.firstFailure]).find((text) => text !== null) ?? null
  );
}

/**
 * @param {object} results
 * @returns {string} the file written
 */
export function writeResults(results) {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    platform: process.platform,
  };
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, ...results }, null, 2)}\n`);
  return file;
}

/**
 * @param {number} value
 * @param {number} digits
 */
export function round(value, digits) {
  return Number(value.toFixed(digits));
}
