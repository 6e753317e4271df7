import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Env } from '@app/platform/env';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { answerRaw } from './raw-answer';
import { RealtimeGate } from './relay/realtime.gate';
import { RelayListener } from './relay/relay.listener';
import { isWebSocket, serveWithoutUpgrade } from './upgrade';

/** Longer than any load balancer keeps an idle connection, so that the balancer closes it and not we. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 15_000;
const REQUEST_MS = 300_000;
const CHECK_MS = 1_000;

type Listener = (req: Parameters<RelayListener['handle']>[0], res: Parameters<RelayListener['handle']>[1]) => void;

/** One port for both planes: the relay first, Express for the rest. */
export async function listen(app: NestExpressApplication, env: Env): Promise<Server> {
  const relay = app.get(RelayListener);
  const express = app.getHttpAdapter().getInstance() as Listener;
  const server = createServer(
    {
      noDelay: true,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (req, res) => {
      if (!relay.handle(req, res)) express(req, res);
    },
  );
  server.on('clientError', refuse);
  const realtime = app.get(RealtimeGate);
  server.on('upgrade', (req, socket, head) => {
    if (isWebSocket(req)) realtime.handle(req, socket, head);
    else serveWithoutUpgrade(server, req, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, env)));
    server.listen(env.port, env.host, resolve);
  });
  return server;
}

const words: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/**
 * What does not even parse as HTTP has no protocol yet; it is answered in the shape most clients read. Not in the middle of the
 * answer to an earlier request, though: that one is then cut short.
 */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) return void socket.destroy();
  const [status, message] = words[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const code = 'invalid_request_error';
  answerRaw(socket, status, { error: { message, type: code, param: null, code } });
}

/** Node's own handler of client errors looks at this field, which is not in its types. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null };
  return answer?.headersSent === true;
}

function explained(error: NodeJS.ErrnoException, env: Env): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`PORT: ${env.port} is in use. Stop the other program or set PORT to a free port.`);
  if (error.code === 'EACCES')
    return new Error(`PORT: ${env.port} needs privileges this process lacks. Set PORT to 1024 or higher.`);
  return error;
}
