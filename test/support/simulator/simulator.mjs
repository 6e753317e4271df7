// @ts-check
import { createServer } from 'node:http';
import { readForm } from './form.mjs';
import { play, refuse, sendJson } from './play.mjs';
import { findEndpoint } from './protocols/index.mjs';
import { accessToken } from './protocols/vertex.mjs';
import { forgetAnswers } from './protocols/openai-responses.mjs';
import { upgradeToRealtime } from './realtime/handshake.mjs';
import { KEPT_TEXT, RequestLog } from './request-log.mjs';
import { credentialScript, modelScript, plainScript, readWords, scriptWords } from './script.mjs';
import { Writer } from './writer.mjs';

/**
 * @typedef {import('./request-log.mjs').Entry} Entry
 * @typedef {import('node:http').IncomingMessage} Incoming
 * @typedef {import('node:http').ServerResponse} Outgoing
 *
 * @typedef {object} Simulator
 * @property {string} url without a trailing slash: `${url}/v1` is OpenAI's base, `url` Anthropic's and Gemini's
 * @property {() => readonly Entry[]} requests what was received, oldest first
 * @property {() => void} clear forgets the requests and the scripts of credentials
 * @property {(credential: string, words: string | null) => void} script from now on the credential behaves so (`429-retry-2`); null: as its name says
 * @property {() => void} forget drops the answers kept by the word `keeps`
 * @property {() => Promise<void>} close
 */

const LARGEST_BODY = 128 * 1024 * 1024;
const LOG_LIMIT = 2_000;
const MOST_SCRIPTED_CREDENTIALS = 1_000;

/**
 * @param {{ port?: number, host?: string }} [options] port 0 takes a free one
 * @returns {Promise<Simulator>}
 */
export async function startSimulator({ port = 0, host = '127.0.0.1' } = {}) {
  /** @type {State} */
  const state = { log: new RequestLog(LOG_LIMIT), scripts: new Map(), upgraded: new Set() };
  const server = createServer(
    { keepAliveTimeout: 60_000, requestTimeout: 0 },
    (req, res) => void answer(state, req, res),
  );
  server.on('upgrade', (req, socket, head) => {
    state.upgraded.add(socket);
    socket.once('close', () => state.upgraded.delete(socket));
    const scripts = (/** @type {string} */ model, /** @type {string | null} */ credential) =>
      scriptOf(state, model, credential);
    upgradeToRealtime({ log: state.log, scriptOf: scripts }, req, socket, head);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://${host}:${address.port}`,
    requests: () => state.log.entries,
    clear: () => void (state.log.clear(), state.scripts.clear()),
    script: (credential, words) => scriptCredential(state, credential, words),
    forget: forgetAnswers,
    close: () => close(server, state.upgraded),
  };
}

/** @typedef {{ log: RequestLog, scripts: Map<string, Partial<import('./script.mjs').Script>>, upgraded: Set<import('node:stream').Duplex> }} State */

/**
 * @param {State} state
 * @param {string} credential
 * @param {string | null} words
 */
function scriptCredential({ scripts }, credential, words) {
  if (words === null) return void scripts.delete(credential);
  const read = readWords(words);
  if (!read.ok) throw new Error(`Unknown script word at "${read.unknown}". Words: ${scriptWords.join(', ')}`);
  if (scripts.size >= MOST_SCRIPTED_CREDENTIALS)
    throw new Error(`More than ${MOST_SCRIPTED_CREDENTIALS} scripted credentials`);
  scripts.set(credential, read.set);
}

/**
 * @param {import('node:http').Server} server
 * @param {Set<import('node:stream').Duplex>} upgraded the server itself has lost sight of
 * @returns {Promise<void>}
 */
function close(server, upgraded) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  });
}

/**
 * @param {State} state
 * @param {Incoming} req
 * @param {Outgoing} res
 */
async function answer(state, req, res) {
  try {
    const url = new URL(req.url ?? '/', 'http://simulator');
    const control = CONTROL[`${req.method} ${url.pathname}`];
    await (control ? control(state, req, res, url) : answerModel(state, req, res, url));
  } catch (error) {
    if (!res.headersSent) res.writeHead(400, { 'content-type': 'application/json' });
    res.end(
      JSON.stringify({ error: { message: String(error), type: 'invalid_request_error', param: null, code: null } }),
    );
  }
}

/** Read and steer a simulator that runs as its own process. @type {Record<string, (state: State, req: Incoming, res: Outgoing, url: URL) => unknown>} */
const CONTROL = {
  'GET /__log': (state, _req, res) => json(res, { requests: state.log.entries }),
  'DELETE /__log': (state, _req, res) => {
    state.log.clear();
    state.scripts.clear();
    json(res, {});
  },
  'POST /token': exchangeToken,
  'PUT /__script': (state, _req, res, url) => {
    scriptCredential(state, url.searchParams.get('credential') ?? '', url.searchParams.get('words'));
    json(res, {});
  },
  'GET /': (_state, _req, res) => json(res, { name: 'One API upstream simulator', words: scriptWords }),
};

/**
 * Google's token endpoint, for the service account of `vertex.mjs`.
 * @param {State} state
 * @param {Incoming} req
 * @param {Outgoing} res
 */
async function exchangeToken(state, req, res) {
  const entry = state.log.open({ method: req.method ?? '', path: req.url ?? '', headers: req.headers });
  const form = new URLSearchParams((await readBody(req, entry)).toString());
  const { status, body } = accessToken(form, `http://${req.headers.host}${req.url}`);
  entry.status = status;
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * @param {Outgoing} res
 * @param {unknown} body
 */
function json(res, body) {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * @param {State} state
 * @param {Incoming} req
 * @param {Outgoing} res
 * @param {URL} url
 */
async function answerModel(state, req, res, url) {
  const entry = state.log.open({ method: req.method ?? '', path: req.url ?? '', headers: req.headers });
  res.once('close', () => {
    if (entry.endedAt === null) entry.abortedAt = Date.now();
  });
  const raw = await readBody(req, entry);
  const found = findEndpoint(entry.method, url.pathname);
  if (!found)
    return sendJson(
      new Writer(res, entry, plainScript()),
      404,
      {},
      {
        error: {
          message: `Invalid URL (${entry.method} ${url.pathname})`,
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
    );
  const { endpoint } = found;
  const body = await bodyOf(raw, req.headers['content-type'] ?? '');
  const request = endpoint.read(body, found.model, url);
  entry.credential = endpoint.face.credential(req.headers, url, raw, entry.method);
  entry.model = request.model;
  entry.stream = request.stream;
  entry.files = body.$files ?? [];
  const script = scriptOf(state, request.model, entry.credential);
  const writer = new Writer(res, entry, script ?? plainScript());
  const scene = { endpoint, request, body, writer, script: script ?? plainScript() };
  if (entry.credential === null) return refuse(scene, 401);
  return script ? play(scene) : refuse(scene, 404);
}

/**
 * @param {Buffer} raw
 * @param {string} contentType
 */
async function bodyOf(raw, contentType) {
  if (contentType.startsWith('multipart/form-data')) return readForm(raw, contentType);
  return raw.length > 0 ? JSON.parse(raw.toString()) : {};
}

/**
 * A credential's script is laid over the model's.
 * @param {State} state
 * @param {string} model
 * @param {string | null} credential
 */
function scriptOf(state, model, credential) {
  const found = modelScript(model);
  if (!found.ok) return null;
  return { ...found.script, ...credentialScript(credential), ...state.scripts.get(credential ?? '') };
}

/**
 * @param {Incoming} req
 * @param {Entry} entry
 */
async function readBody(req, entry) {
  const chunks = [];
  for await (const chunk of req) {
    entry.bodyBytes += chunk.length;
    if (entry.bodyBytes > LARGEST_BODY) throw new Error('Request body above 128 MiB');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  entry.body = body.subarray(0, KEPT_TEXT).toString();
  return body;
}
