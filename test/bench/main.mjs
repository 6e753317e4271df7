// @ts-check
// `npm run bench`: what a request costs in the gateway, beside a bare proxy in the same run. Measures, never judges.
import { USAGE, readOptions } from './options.mjs';
import { memoryMb } from './process-stats.mjs';
import { costTable, failures, latencyTable, round, writeResults } from './report.mjs';
import { LATENCY_RATE, costRound, latencyRound, warmUp } from './rounds.mjs';
import { soak } from './soak.mjs';
import { startStand } from './stand.mjs';

const options = optionsOrExit();
if (process.platform !== 'linux') {
  console.error('The benchmark reads CPU time and memory of other processes from /proc: it needs Linux.');
  process.exit(1);
}
const stand = await startStand();
try {
  await (options.soak > 0 ? soakRun(stand) : compare(stand));
} finally {
  await stand.close();
}

/** @param {import('./stand.mjs').Stand} stand */
async function compare(stand) {
  const { pid } = stand.targets.gateway;
  const rssBefore = memoryMb(pid).now;
  /** @type {Record<string, import('./rounds.mjs').CostRound[]>} */
  const costs = {};
  for (const kind of options.kinds) {
    const count = isShort(kind) ? options.requests : Math.ceil(options.requests / 10);
    await warmUp(stand, kind);
    costs[kind] = [];
    for (let round = 0; round < options.rounds; round++)
      costs[kind].push(await costRound(stand, kind, { count, round }));
  }
  const latencies = [];
  for (let round = 0; round < options.rounds; round++) latencies.push(await latencyRound(stand));
  const memory = memoryMb(pid);
  const rss = { beforeMb: round(rssBefore, 1), afterMb: round(memory.now, 1), peakMb: round(memory.peak, 1) };
  console.log(`CPU of the server process per request, medians of ${options.rounds} interleaved rounds`);
  console.table(costTable(costs));
  const failure = failures(costs);
  if (failure) console.log(`First failure: ${failure}`);
  console.log(`Latency of a plain request at ${LATENCY_RATE} requests/s`);
  console.table(latencyTable(latencies));
  const settled = await stand.settled();
  console.log(
    `Gateway: ${settled} requests charged; memory ${rss.beforeMb} MB before, ${rss.afterMb} MB after, ${rss.peakMb} MB at most`,
  );
  console.log(`Written to ${writeResults({ options, costs, latencies, rss, settled })}`);
}

/** @param {import('./stand.mjs').Stand} stand */
async function soakRun(stand) {
  const result = await soak(stand, options.soak);
  console.log(
    `Peak ${result.peakRssMb} MB; growth over the second half ${result.growthMbPer100k} MB per 100 000 requests`,
  );
  console.log(`Written to ${writeResults({ options, soak: result })}`);
}

/** @param {import('./options.mjs').Kind} kind */
function isShort(kind) {
  return kind === 'plain' || kind === 'translate';
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return process.exit(2);
  }
}
