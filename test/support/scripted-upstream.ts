/** An upstream that answers as it is told, for vendors the simulator does not speak like. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read bodies of every shape
  readonly body: any;
}

export interface ScriptedAnswer {
  readonly status?: number;
  /** A text is a stream of events, a buffer a picture. */
  readonly body: string | Buffer | object;
  /** Another content type than its body's; null: none. */
  readonly type?: string | null;
  readonly encoding?: string;
}

export interface ScriptedUpstream {
  readonly url: string;
  readonly requests: ScriptedRequest[];
  answer: (request: ScriptedRequest) => ScriptedAnswer;
  close(): Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: text === '' ? null : JSON.parse(text) };
      upstream.requests.push(request);
      const { status = 200, body, encoding, type: given } = upstream.answer(request);
      const isFile = Buffer.isBuffer(body);
      const type = isFile ? 'image/webp' : typeof body === 'string' ? 'text/event-stream' : 'application/json';
      const shown = given === undefined ? type : given;
      outgoing.writeHead(status, {
        ...(shown === null ? {} : { 'content-type': shown }),
        ...(encoding ? { 'content-encoding': encoding } : {}),
      });
      outgoing.end(isFile || typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const upstream: ScriptedUpstream = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    answer: () => ({ status: 404, body: {} }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}
