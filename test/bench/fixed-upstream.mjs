// @ts-check
/** The upstream both proxies are measured against: fixed answers, prepared once. The model's name chooses: `bench-stream` or anything else. */
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
const withUsage = streamOf(true);
const withoutUsage = streamOf(false);

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

/** Streams under way; one clock writes a chunk of each per millisecond, so that chunks reach the proxy one by one. @type {Map<import('node:http').ServerResponse, { events: Buffer[], next: number }>} */
const streams = new Map();
setInterval(() => {
  for (const [res, stream] of streams) {
    const event = stream.events[stream.next++];
    if (event) res.write(event);
    else {
      res.end();
      streams.delete(res);
    }
  }
}, 1);

const server = createServer({ keepAliveTimeout: 120_000 }, (req, res) => {
  /** @type {Buffer[]} */
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    const body = parts.length === 1 ? /** @type {Buffer} */ (parts[0]) : Buffer.concat(parts);
    if (!body.includes('bench-stream'))
      return res.writeHead(200, { 'content-type': 'application/json', 'content-length': plain.length }).end(plain);
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    res.on('close', () => streams.delete(res));
    streams.set(res, { events: body.includes('include_usage') ? withUsage : withoutUsage, next: 0 });
  });
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }),
);
process.once('disconnect', () => process.exit(0));
