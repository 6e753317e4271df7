// @ts-check
import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { faultOf } from '../play.mjs';
import { openaiFace } from '../protocols/openai.mjs';
import { plainScript } from '../script.mjs';
import { RealtimeSession } from './session.mjs';

/**
 * @typedef {object} House
 * @property {import('../request-log.mjs').RequestLog} log
 * @property {(model: string, credential: string | null) => import('../script.mjs').Script | null} scriptOf null: a word nobody knows
 */

const PATH = /^\/(v1|openai\/v1|openai)\/realtime$/;
const MODEL_ERROR = 4000;

/**
 * OpenAI's Realtime API, and Azure's under its paths. A refusal is an HTTP answer to the handshake, but `error-first-event`:
 * that one is told in the session, which then closes.
 * @param {House} house
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:stream').Duplex} socket
 * @param {Buffer} head
 */
export async function upgradeToRealtime({ log, scriptOf }, req, socket, head) {
  socket.on('error', () => undefined);
  const url = new URL(req.url ?? '/', 'http://simulator');
  const entry = log.open({ method: req.method ?? '', path: req.url ?? '', headers: req.headers });
  entry.credential = openaiFace.credential(req.headers, url) ?? textOf(req.headers['api-key']);
  entry.model = url.searchParams.get('model') ?? url.searchParams.get('deployment') ?? '';
  entry.stream = true;
  const script = scriptOf(entry.model, entry.credential);
  const known = script ?? plainScript();
  if (known.fault === 'hang') return;
  if (known.delayMs > 0) await sleep(known.delayMs);
  const status = statusOf(url, entry, script);
  if (status !== null) return refuse(socket, entry, openaiFace.failure(faultOf(known, status, entry)));
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
  server.handleUpgrade(req, socket, head, (ws) => {
    entry.status = 101;
    if (known.fault !== 'error-first-event') return void new RealtimeSession(ws, entry, known);
    ws.on('close', (code) => (entry.closeCode = code));
    const { message } = faultOf(known, 500, entry);
    ws.send(
      JSON.stringify({ type: 'error', event_id: 'event_0', error: { type: 'server_error', code: null, message } }),
    );
    ws.close(MODEL_ERROR, 'server_error');
  });
}

/**
 * @param {URL} url
 * @param {import('../request-log.mjs').Entry} entry
 * @param {import('../script.mjs').Script | null} script
 */
function statusOf({ pathname }, { credential }, script) {
  if (credential === null) return 401;
  return PATH.test(pathname) && script ? script.status : 404;
}

/**
 * @param {import('node:stream').Duplex} socket
 * @param {import('../request-log.mjs').Entry} entry
 * @param {{ status: number, headers: Record<string, string>, body: unknown }} failure
 */
function refuse(socket, entry, { status, headers, body }) {
  entry.status = status;
  entry.endedAt = Date.now();
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${text}`);
}

/** @param {string | string[] | undefined} header */
function textOf(header) {
  return typeof header === 'string' ? header : null;
}
