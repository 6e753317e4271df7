// @ts-check
// `npm run bench`: what a request costs in the gateway, beside a bare proxy in the same run. Measures, never judges.
import { USAGE, readOptions } from './options.mjs';
import { memoryMb } from './process-stats.mjs';
import { chunkTable, costTable, failures, latencyTable, round, writeResults } from './report.mjs';
import { LATENCY_RATE, SHARE, costRound, latencyRound, warmUp } from './rounds.mjs';
import { processCosts } from './processes.mjs';
import { slowStreams } from './slow-streams.mjs';
import { soak } from './soak.mjs';
import { startStand } from './stand.mjs';
import { chunkCosts } from './translate-cost.mjs';

const options = optionsOrExit();
if (process.platform !== 'linux') {
  console.error('The benchmark reads CPU time and memory of other processes from /proc: it needs Linux.');
  process.exit(1);
}
/** What is written to the file of results. @type {Record<string, unknown>} */
const results = { options };
if (options.soak > 0) await onStand(soakRun);
else await compare();
console.log(`Written to ${writeResults(results)}`);

async function compare() {
  if (options.kinds.length > 0 || includes('latency')) await onStand(requests);
  if (includes('chunks')) chunks();
  if (includes('processes')) await processes();
  if (includes('slow-streams')) await onStand(many);
}

/** @param {typeof import('./options.mjs').SECTIONS[number]} section */
function includes(section) {
  return options.sections.includes(section);
}

/** @param {(stand: import('./stand.mjs').Stand) => Promise<void>} work */
async function onStand(work) {
  const stand = await startStand();
  try {
    await work(stand);
  } finally {
    await stand.close();
  }
}

/** @param {import('./stand.mjs').Stand} stand */
async function requests(stand) {
  const { pid } = stand.targets.gateway;
  const rssBefore = memoryMb(pid).now;
  if (options.kinds.length > 0) await costs(stand);
  if (includes('latency')) await latency(stand);
  const memory = memoryMb(pid);
  const rss = { beforeMb: round(rssBefore, 1), afterMb: round(memory.now, 1), peakMb: round(memory.peak, 1) };
  const settled = await stand.settled();
  console.log(
    `Gateway: ${settled} requests charged; memory ${rss.beforeMb} MB before, ${rss.afterMb} MB after, ${rss.peakMb} MB at most`,
  );
  Object.assign(results, { rss, settled });
}

/** @param {import('./stand.mjs').Stand} stand */
async function costs(stand) {
  /** @type {Record<string, import('./rounds.mjs').CostRound[]>} */
  const byKind = {};
  for (const kind of options.kinds) {
    const count = Math.ceil(options.requests / SHARE[kind]);
    await warmUp(stand, kind);
    byKind[kind] = [];
    for (let round = 0; round < options.rounds; round++)
      byKind[kind].push(await costRound(stand, kind, { count, round }));
  }
  console.log(`CPU of the server process per request, medians of ${options.rounds} interleaved rounds`);
  console.table(costTable(byKind));
  const failure = failures(byKind);
  if (failure) console.log(`First failure: ${failure}`);
  results.costs = byKind;
}

/** @param {import('./stand.mjs').Stand} stand */
async function latency(stand) {
  const rounds = [];
  for (let round = 0; round < options.rounds; round++) rounds.push(await latencyRound(stand));
  console.log(`Latency of a plain request at ${LATENCY_RATE} requests/s`);
  console.table(latencyTable(rounds));
  results.latencies = rounds;
}

function chunks() {
  const rounds = chunkCosts();
  console.log('CPU of the translate lane per streamed chunk; own: beside parsing what came and writing what went');
  console.table(chunkTable(rounds));
  results.chunks = rounds;
}

async function processes() {
  const costs = await processCosts(options);
  if (!costs) return console.log('Two processes: left out, no PostgreSQL listens.');
  console.log(
    `CPU of plain requests on PostgreSQL: two processes serve ${round(costs.times, 2)} times what one does (goal 1.7)`,
  );
  console.table(
    costs.rounds.map(({ oneMicros, twoMicros }) => ({ 'one µs': round(oneMicros, 0), 'two µs': round(twoMicros, 0) })),
  );
  results.processes = costs;
}

/** @param {import('./stand.mjs').Stand} stand */
async function many(stand) {
  const { streams, failures, firstFailure, beforeMb, mostMb } = await slowStreams(stand);
  const failed = failures > 0 ? `${failures} failed: ${firstFailure}` : 'none failed';
  console.log(
    `${streams} slow streams at once, ${failed}: memory ${round(beforeMb, 1)} MB before, ${round(mostMb, 1)} MB at most (goal 400)`,
  );
  results.slowStreams = { streams, failures, beforeMb, mostMb };
}

/** @param {import('./stand.mjs').Stand} stand */
async function soakRun(stand) {
  const result = await soak(stand, options.soak);
  console.log(
    `Peak ${result.peakRssMb} MB; growth over the second half ${result.growthMbPer100k} MB per 100 000 requests`,
  );
  results.soak = result;
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return process.exit(2);
  }
}
