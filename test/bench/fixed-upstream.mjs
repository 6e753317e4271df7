// @ts-check
/** The upstream both proxies are measured against: fixed answers, prepared once. The model's name chooses among them. */
import { createServer } from 'node:http';

const CHUNKS = 100;
const ID = 'chatcmpl-BenchBenchBenchBenchBenchBen1';
const USAGE = { prompt_tokens: 12, completion_tokens: CHUNKS, total_tokens: 12 + CHUNKS };
const head = {
  id: ID,
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: 'bench',
  service_tier: 'default',
  system_fingerprint: 'fp_bench',
};

const plain = Buffer.from(
  JSON.stringify({
    id: ID,
    object: 'chat.completion',
    created: head.created,
    model: 'bench',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Paris is the capital of France.', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: USAGE,
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
  }),
);
/** The same answer in Anthropic's words. */
const message = {
  id: 'msg_BenchBenchBenchBenchBenchBen1',
  type: 'message',
  role: 'assistant',
  model: 'bench',
  content: [{ type: 'text', text: 'Paris is the capital of France.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: CHUNKS },
};
const translated = Buffer.from(JSON.stringify(message));
const translatedStream = [
  { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...Array.from({ length: CHUNKS }, (_, index) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: ` word${index}` },
  })),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: CHUNKS } },
  { type: 'message_stop' },
].map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
const withUsage = streamOf(true);
const withoutUsage = streamOf(false);
/** Its first words and its end. */
const slow = [...withUsage.slice(0, 10), ...withUsage.slice(CHUNKS)];

/** @param {boolean} usage */
function streamOf(usage) {
  const event = (/** @type {object} */ fields) =>
    Buffer.from(
      `data: ${JSON.stringify({ ...head, ...fields, ...(usage && !('usage' in fields) && { usage: null }) })}\n\n`,
    );
  const delta = (/** @type {object} */ value, /** @type {string | null} */ finish = null) =>
    event({ choices: [{ index: 0, delta: value, logprobs: null, finish_reason: finish }] });
  return [
    ...Array.from({ length: CHUNKS }, (_, index) => delta({ content: ` word${index}` })),
    delta({}, 'stop'),
    ...(usage ? [event({ choices: [], usage: USAGE })] : []),
    Buffer.from('data: [DONE]\n\n'),
  ];
}

/** @typedef {{ events: readonly Buffer[], next: number }} Stream */

/** Streams under way; one clock writes a chunk of each per millisecond, so that chunks reach the proxy one by one. */
const streams = clocked(1);
/** Those of which a chunk is written per second. */
const slowStreams = clocked(1_000);

/**
 * @param {number} everyMs
 * @returns {Map<import('node:http').ServerResponse, Stream>}
 */
function clocked(everyMs) {
  /** @type {Map<import('node:http').ServerResponse, Stream>} */
  const running = new Map();
  setInterval(() => {
    for (const [res, stream] of running) {
      const event = stream.events[stream.next++];
      if (event) res.write(event);
      else {
        res.end();
        running.delete(res);
      }
    }
  }, everyMs);
  return running;
}

const server = createServer({ keepAliveTimeout: 120_000 }, (req, res) => {
  /** @type {Buffer[]} */
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    const body = parts.length === 1 ? /** @type {Buffer} */ (parts[0]) : Buffer.concat(parts);
    const translates = body.includes('bench-translate');
    if (!body.includes('-stream"')) {
      const answer = translates ? translated : plain;
      return res.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    }
    const events = translates ? translatedStream : body.includes('include_usage') ? withUsage : withoutUsage;
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    const isSlow = body.includes('bench-slow');
    const running = isSlow ? slowStreams : streams;
    res.on('close', () => running.delete(res));
    running.set(res, { events: isSlow ? slow : events, next: 0 });
  });
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }),
);
process.once('disconnect', () => process.exit(0));
