// @ts-check
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cpuMicros } from './process-stats.mjs';
import { startStand } from './stand.mjs';
import { median } from './statistics.mjs';

/** @typedef {{ oneMicros: number, twoMicros: number }} ProcessRound CPU per request of all gateway processes together */

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const WARM_UP = 4_000;
const WRITE_BEHIND_MS = 1_500;
const CONCURRENCY = 8;

/**
 * Plain requests to one process, and as many to each of two on the same database. Cores that the load and the upstream share would
 * say little about throughput; what limits a process is the CPU it takes per request, so two serve twice the one's over the two's.
 * @param {{ requests: number, rounds: number }} plan
 * @returns {Promise<{ rounds: ProcessRound[], times: number } | null>} null where no PostgreSQL listens
 */
export async function processCosts({ requests, rounds }) {
  const database = await createDatabase().catch(() => null);
  if (!database) return null;
  const env = { DATABASE_URL: database.url, MASTER_KEY: randomBytes(32).toString('base64') };
  const stand = await startStand({ processes: 2, env });
  try {
    for (const target of stand.gateways) await load(stand, [target], WARM_UP);
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const oneMicros = await costOf(stand, stand.gateways.slice(0, 1), requests);
      results.push({ oneMicros, twoMicros: await costOf(stand, stand.gateways, requests) });
    }
    return { rounds: results, times: median(results.map(({ oneMicros, twoMicros }) => (2 * oneMicros) / twoMicros)) };
  } finally {
    await stand.close();
    await database.drop();
  }
}

/**
 * @param {import('./stand.mjs').Stand} stand
 * @param {import('./stand.mjs').Target[]} targets
 * @param {number} requests
 */
async function costOf(stand, targets, requests) {
  const spent = () => targets.reduce((sum, { pid }) => sum + cpuMicros(pid), 0);
  const before = spent();
  await load(stand, targets, requests * targets.length);
  await sleep(WRITE_BEHIND_MS);
  return (spent() - before) / requests / targets.length;
}

/**
 * In turns between the targets.
 * @param {import('./stand.mjs').Stand} stand
 * @param {import('./stand.mjs').Target[]} targets
 * @param {number} requests
 */
async function load(stand, targets, requests) {
  const [first] = targets;
  if (!first) return;
  const urls = targets.map(({ url }) => url);
  const { failures, firstFailure } = await stand.load({
    ...first,
    urls,
    kind: 'plain',
    count: requests,
    concurrency: CONCURRENCY * targets.length,
  });
  if (failures > 0) throw new Error(`${failures} requests failed: ${firstFailure}`);
}

async function createDatabase() {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const run = async (/** @type {string} */ sql) => {
    const client = new pg.Client({ connectionString: SERVER });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = name;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}
