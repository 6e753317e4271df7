// @ts-check
/**
 * The load generator, its own process: does one job at a time and reports it.
 *
 * @typedef {object} Job
 * @property {string} url the base, ending in `/v1`
 * @property {readonly string[]} [urls] instead: several, taken in turns
 * @property {string} key
 * @property {import('./options.mjs').Kind | 'slow-stream'} kind
 * @property {number} count requests, then it is over
 * @property {number} [concurrency] closed loop: so many at a time
 * @property {number} [rate] open loop instead: so many started per second, whatever the answers do
 *
 * @typedef {{ seconds: number, failures: number, firstFailure: string | null, latenciesMs: number[], firstBytesMs: number[] }} Load
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { Agent, request } from 'undici';

const dispatcher = new Agent({
  connections: 4_096,
  pipelining: 1,
  keepAliveTimeout: 60_000,
  headersTimeout: 30_000,
  bodyTimeout: 30_000,
});
const messages = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'What is the capital of France?' },
];

/** @type {Record<Job['kind'], Buffer>} */
const BODIES = {
  plain: Buffer.from(JSON.stringify({ model: 'bench-plain', messages, temperature: 0.2, max_tokens: 200 })),
  stream: Buffer.from(JSON.stringify({ model: 'bench-stream', stream: true, messages, max_tokens: 200 })),
  'slow-stream': Buffer.from(JSON.stringify({ model: 'bench-slow-stream', stream: true, messages, max_tokens: 200 })),
  translate: Buffer.from(JSON.stringify({ model: 'bench-translate', messages, temperature: 0.2, max_tokens: 200 })),
  'translate-stream': Buffer.from(
    JSON.stringify({ model: 'bench-translate-stream', stream: true, messages, max_tokens: 200 }),
  ),
  body: withText('bench-body', 1024 * 1024),
  'large-body': withText('bench-large-body', 20 * 1024 * 1024),
};

/**
 * @param {string} model
 * @param {number} bytes of text in it
 */
function withText(model, bytes) {
  const content = 'lorem ipsum '.repeat(Math.ceil(bytes / 12)).slice(0, bytes);
  return Buffer.from(JSON.stringify({ model, max_tokens: 200, messages: [{ role: 'user', content }] }));
}

process.on('message', (/** @type {Job} */ job) => {
  void run(job).then((load) => process.send?.(load));
});
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });

/**
 * @param {Job} job
 * @returns {Promise<Load>}
 */
async function run(job) {
  /** @type {Load} */
  const load = { seconds: 0, failures: 0, firstFailure: null, latenciesMs: [], firstBytesMs: [] };
  const started = performance.now();
  await (job.rate ? openLoop(job, job.rate, load) : closedLoop(job, load));
  load.seconds = (performance.now() - started) / 1000;
  return load;
}

/**
 * @param {Job} job
 * @param {Load} load
 */
async function closedLoop(job, load) {
  let left = job.count;
  const worker = async () => {
    while (left-- > 0) await one(job, load);
  };
  await Promise.all(Array.from({ length: job.concurrency ?? 8 }, worker));
}

/**
 * @param {Job} job
 * @param {number} rate
 * @param {Load} load
 */
async function openLoop(job, rate, load) {
  const started = performance.now();
  const running = [];
  for (let index = 0; index < job.count; index++) {
    const wait = started + (index * 1000) / rate - performance.now();
    if (wait > 0) await sleep(wait);
    running.push(one(job, load));
  }
  await Promise.all(running);
}

let turn = 0;

/**
 * @param {Job} job
 * @param {Load} load
 */
async function one(job, load) {
  const started = performance.now();
  try {
    const base = job.urls?.[turn++ % job.urls.length] ?? job.url;
    const answer = await request(`${base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${job.key}`, 'content-type': 'application/json' },
      body: BODIES[job.kind],
      dispatcher,
    });
    let firstByte = 0;
    let last = Buffer.alloc(0);
    for await (const part of answer.body) {
      firstByte ||= performance.now();
      last = part;
    }
    check(job, answer.statusCode, last);
    load.latenciesMs.push(performance.now() - started);
    load.firstBytesMs.push(firstByte - started);
  } catch (error) {
    load.failures++;
    load.firstFailure ??= String(error);
  }
}

/**
 * A fast wrong answer must not count as a fast one.
 * @param {Job} job
 * @param {number} status
 * @param {Buffer} end
 */
function check(job, status, end) {
  // The bare proxy passes on what Anthropic's protocol ends with.
  const complete = job.kind.endsWith('stream')
    ? end.includes('[DONE]') || end.includes('message_stop')
    : end.at(-1) === '}'.charCodeAt(0);
  if (status !== 200 || !complete) throw new Error(`${status} ${end.toString().slice(0, 300)}`);
}
