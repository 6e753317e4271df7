// @ts-check
/** What the translate lane does with one streamed chunk, beside parsing what came and writing what goes. In this process, no network. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { PROTOCOLS, streamOf } from './chunks.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./chunks.mjs').Protocol} Protocol */
/** @typedef {{ upstream: Protocol, client: Protocol, ownMicros: number, parseAndWriteMicros: number, totalMicros: number }} ChunkCost medians over the rounds, per chunk */

const CHUNKS = 2_000;
const ROUNDS = 15;
const WARM_UP = 5;

const require = createRequire(import.meta.url);
const built = (/** @type {string} */ file) => require(resolve('dist/libs', file));

/** All pairs of different protocols. @returns {ChunkCost[]} */
export function chunkCosts() {
  return PROTOCOLS.flatMap((upstream) =>
    PROTOCOLS.filter((client) => client !== upstream).map((client) => chunkCost(upstream, client)),
  );
}

/**
 * Each round: the stream through the reader, then what of it no translation can do without: reading JSON, and writing the JSON
 * that went out, as text and as bytes.
 * @param {Protocol} upstream
 * @param {Protocol} client
 * @returns {ChunkCost}
 */
function chunkCost(upstream, client) {
  const { head, chunks } = streamOf(upstream, CHUNKS);
  const rounds = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const out = /** @type {Buffer[]} */ ([]);
    const reader = readerOf(upstream, client, out);
    for (const chunk of head) reader.push(chunk);
    out.length = 0;
    const total = timed(() => chunks.forEach((chunk) => reader.push(chunk)));
    if (out.length < CHUNKS - 1)
      throw new Error(`${upstream} to ${client}: ${out.length} of ${CHUNKS} chunks came out`);
    const values = out.flatMap((bytes) => frames(bytes.toString('utf8')));
    const parse = timed(() =>
      chunks.forEach((chunk) => JSON.parse(chunk.toString('utf8', chunk.indexOf('data: ') + 6))),
    );
    const write = timed(() =>
      values.forEach(({ before, value }) => Buffer.from(`${before}${JSON.stringify(value)}\n\n`)),
    );
    if (round >= WARM_UP) rounds.push({ total, parseAndWrite: parse + write });
  }
  return {
    upstream,
    client,
    ownMicros: median(rounds.map(({ total, parseAndWrite }) => total - parseAndWrite)),
    parseAndWriteMicros: median(rounds.map(({ parseAndWrite }) => parseAndWrite)),
    totalMicros: median(rounds.map(({ total }) => total)),
  };
}

/**
 * CPU time per chunk in microseconds, which other programs on the machine do not count into.
 * @param {() => void} work
 */
function timed(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CHUNKS;
}

/** @param {string} text */
function frames(text) {
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => {
      const at = frame.indexOf('data: ') + 6;
      return { before: frame.slice(0, at), value: JSON.parse(frame.slice(at)) };
    });
}

/**
 * @param {Protocol} upstream
 * @param {Protocol} client
 * @param {Buffer[]} out
 */
function readerOf(upstream, client, out) {
  const { TranslateReader } = built('relay/src/lanes/translate-reader.js');
  const { clientFace, upstreamFace, upstreamWire } = built('relay/src/protocols/faces.js');
  const { quirksOf } = built('providers/src/index.js');
  const face = clientFace(client);
  const body =
    client === 'gemini'
      ? { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
      : client === 'openai-responses'
        ? { model: 'bench', input: 'Hi' }
        : { model: 'bench', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
  const request = face.decodeRequest(body, { model: 'bench', stream: true });
  const context = { model: 'bench', requestId: 'req_1', created: 1_760_000_000, includeUsage: false, request };
  return new TranslateReader(
    {
      client: face,
      upstream: upstreamFace(upstream),
      wire: upstreamWire(upstream),
      quirks: quirksOf({}, upstream),
      context,
      stream: true,
    },
    {
      commit: () => undefined,
      out: (/** @type {Buffer} */ bytes) => void out.push(bytes),
      end: () => undefined,
      error: (/** @type {unknown} */ error) => {
        throw new Error(`${upstream} to ${client}: ${JSON.stringify(error)}`);
      },
    },
  );
}
