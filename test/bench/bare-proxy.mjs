// @ts-check
/** The yardstick: the least a Node proxy can do. No key, no money, no log; request and answer pass through as they come. */
import { createServer } from 'node:http';
import { Agent, request } from 'undici';

const upstream = process.argv[2] ?? '';
const dispatcher = new Agent({ connections: 256, pipelining: 1, keepAliveTimeout: 60_000 });

const server = createServer({ keepAliveTimeout: 120_000 }, async (req, res) => {
  try {
    const headers = forwarded(req.headers);
    const answer = await request(upstream + req.url, { method: 'POST', headers, body: req, dispatcher });
    res.writeHead(answer.statusCode, forwarded(answer.headers));
    answer.body.pipe(res);
  } catch (error) {
    res.writeHead(502).end(String(error));
  }
});

/**
 * What is between two hops stays there.
 * @param {Record<string, string | string[] | undefined>} headers
 */
function forwarded(headers) {
  const kept = { ...headers };
  for (const name of ['host', 'connection', 'keep-alive', 'transfer-encoding']) delete kept[name];
  return kept;
}

server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }),
);
process.once('disconnect', () => process.exit(0));
