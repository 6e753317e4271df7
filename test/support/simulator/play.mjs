// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo } from './answer.mjs';

/**
 * @typedef {object} Scene one request about to be answered
 * @property {import('./protocols/face.mjs').Endpoint} endpoint
 * @property {import('./answer.mjs').SimRequest} request
 * @property {import('./script.mjs').Script} script
 * @property {import('./protocols/face.mjs').Json} body
 * @property {import('./writer.mjs').Writer} writer
 */

/** No script may hold a connection longer than this, also when nobody closes it. */
const LONGEST_WAIT_MS = 600_000;

/** @type {Readonly<Record<number, string>>} */
const MESSAGES = {
  400: "Invalid value for 'messages': scripted failure.",
  403: 'Country, region, or territory not supported',
  404: 'The model does not exist or you do not have access to it.',
  429: 'Rate limit reached for requests. Please try again later.',
  500: 'The server had an error while processing your request. Sorry about that!',
  503: 'The engine is currently overloaded, please try again later',
};
const QUOTA_MESSAGE = 'You exceeded your current quota, please check your plan and billing details.';

/** @param {Scene} scene */
export async function play(scene) {
  const { script, writer } = scene;
  if (script.fault === 'hang') return void (await wait(LONGEST_WAIT_MS, writer));
  await wait(script.delayMs, writer);
  if (writer.gone) return;
  if (script.status !== null) return refuse(scene, script.status);
  const refusal = scene.endpoint.refusal?.(scene.body);
  if (refusal) return sendJson(writer, refusal.status, scene.endpoint.face.headers(), refusal.body);
  if (script.fault === 'error-200') return errorAs200(scene);
  return scene.request.stream && scene.endpoint.frames ? playStream(scene) : playBody(scene);
}

/**
 * @param {Scene} scene
 * @param {number} status
 */
export async function refuse({ endpoint, script, writer }, status) {
  const failure = endpoint.face.failure(faultOf(script, status, writer.entry));
  await sendJson(writer, failure.status, { ...endpoint.face.headers(), ...failure.headers }, failure.body);
}

/** @param {Scene} scene */
async function errorAs200({ endpoint, script, writer }) {
  const failure = endpoint.face.failure(faultOf(script, 500, writer.entry));
  await sendJson(writer, 200, endpoint.face.headers(), failure.body);
}

/**
 * OpenAI repeats a wrong key in its message: nobody behind a gateway may read it.
 * @param {Scene['script']} script
 * @param {number} status
 * @param {import('./request-log.mjs').Entry} entry
 */
export function faultOf(script, status, entry) {
  return {
    status,
    message: messageOf(script, status, entry),
    quota: script.quota,
    reason: script.reason,
    retryAfterSeconds: script.retryAfterSeconds,
  };
}

/**
 * @param {Scene['script']} script
 * @param {number} status
 * @param {import('./request-log.mjs').Entry} entry
 */
export function messageOf(script, status, { credential, headers, path }) {
  if (script.quota) return QUOTA_MESSAGE;
  if (script.leak)
    return `Invalid request of organization org-Simulated1234567 with key ${credential} at http://${headers.host}${path}`;
  if (status === 401)
    return `Incorrect API key provided: ${credential}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return MESSAGES[status] ?? `Scripted failure ${status}.`;
}

/** @param {Scene} scene */
async function playBody({ endpoint, request, script, body, writer }) {
  if (endpoint.sound) return playSound({ endpoint, request, script, body, writer });
  const plain = endpoint.plain?.(request, answerTo(request, script), body);
  if (plain) return sendBytes(writer, { ...endpoint.face.headers(), 'content-type': plain.contentType }, [plain.bytes]);
  const text = JSON.stringify(endpoint.reply(request, answerTo(request, script), body), null, 2);
  if (script.fault === 'error-first-event' || script.end?.kind === 'error') {
    return sendJson(
      writer,
      500,
      endpoint.face.headers(),
      endpoint.face.failure(faultOf(script, 500, writer.entry)).body,
    );
  }
  if (script.fault === 'empty') return sendText(writer, 200, endpoint.face.headers(), '');
  if (script.fault === 'bad-json')
    return sendText(writer, 200, endpoint.face.headers(), text.slice(0, text.length >> 1));
  if (script.end) return breakBody({ writer, script }, endpoint.face.headers(), text);
  return sendText(writer, 200, endpoint.face.headers(), text);
}

/** @param {Scene} scene */
async function playSound({ endpoint, request, script, body, writer }) {
  const { contentType, chunks } = endpoint.sound?.(request, answerTo(request, script), body) ?? {
    contentType: '',
    chunks: [],
  };
  writer.head(200, { ...endpoint.face.headers(), 'content-type': contentType });
  const frames = script.fault === 'empty' ? [] : chunks.map((text) => ({ text, content: true }));
  if (await playFrames({ endpoint, request, script, body, writer }, frames)) return;
  finish(writer);
}

/**
 * @param {import('./writer.mjs').Writer} writer
 * @param {Record<string, string>} headers
 * @param {Buffer[]} chunks
 */
async function sendBytes(writer, headers, chunks) {
  writer.head(200, headers);
  for (const chunk of chunks) await writer.write(chunk);
  finish(writer);
}

/**
 * The announced length never arrives.
 * @param {Pick<Scene, 'writer' | 'script'>} scene
 * @param {Record<string, string>} headers
 * @param {string} text
 */
async function breakBody({ writer, script }, headers, text) {
  writer.head(200, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  });
  await writer.write(text.slice(0, text.length >> 1));
  if (script.end?.kind === 'stall') await wait(LONGEST_WAIT_MS, writer);
  writer.cut();
}

/** @param {Scene} scene */
async function playStream(scene) {
  const { endpoint, request, script, writer } = scene;
  writer.head(200, {
    ...endpoint.face.headers(),
    'content-type': endpoint.streamType ?? 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  await writer.write(': SIMULATOR PROCESSING\n\n'.repeat(script.comments));
  const opening = OPENINGS[script.fault ?? ''];
  if (opening) {
    await writer.write(opening(scene));
    return finish(writer);
  }
  const broken = await playFrames(scene, endpoint.frames?.(request, answerTo(request, script), scene.body) ?? []);
  if (broken || writer.gone) return;
  if (script.doneMark) await writer.write(endpoint.doneMark ?? '');
  finish(writer);
}

/** A stream that fails before it says anything. @type {Record<string, (scene: Scene) => string | Buffer>} */
const OPENINGS = {
  empty: () => '',
  'error-first-event': ({ endpoint, script, writer }) =>
    endpoint.face.streamFailure(faultOf(script, 500, writer.entry)),
  'bad-json': () => 'data: {"id":"chatcmpl-broken","object":"chat.comp\n\n',
};

/**
 * @param {Scene} scene
 * @param {{ text: string | Buffer, content: boolean }[]} frames
 * @returns {Promise<boolean>} the script broke the stream off
 */
async function playFrames({ endpoint, script, writer }, frames) {
  const { entry } = writer;
  for (const frame of frames) {
    if (frame.content && script.end && entry.chunks >= script.end.after) {
      await breakOff({ endpoint, script, writer }, script.end.kind);
      return true;
    }
    if (frame.content && entry.chunks > 0) await wait(script.gapMs, writer);
    if (writer.gone) return true;
    await writer.write(frame.text);
    if (frame.content) entry.chunks++;
  }
  return false;
}

/**
 * @param {Pick<Scene, 'endpoint' | 'script' | 'writer'>} scene
 * @param {'cut' | 'stall' | 'error'} kind
 */
async function breakOff({ endpoint, script, writer }, kind) {
  if (kind === 'error') {
    await writer.write(endpoint.face.streamFailure(faultOf(script, 500, writer.entry)));
    return finish(writer);
  }
  if (kind === 'stall') await wait(LONGEST_WAIT_MS, writer);
  writer.cut();
}

/**
 * @param {import('./writer.mjs').Writer} writer
 * @param {number} status
 * @param {Record<string, string>} headers
 * @param {unknown} body
 */
export function sendJson(writer, status, headers, body) {
  return sendText(writer, status, headers, JSON.stringify(body, null, 2));
}

/**
 * @param {import('./writer.mjs').Writer} writer
 * @param {number} status
 * @param {Record<string, string>} headers
 * @param {string} text
 */
async function sendText(writer, status, headers, text) {
  writer.head(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  });
  await writer.write(text);
  finish(writer);
}

/** @param {import('./writer.mjs').Writer} writer */
function finish(writer) {
  if (!writer.gone) writer.entry.endedAt = Date.now();
  writer.end();
}

/**
 * @param {number} ms
 * @param {import('./writer.mjs').Writer} writer
 */
async function wait(ms, writer) {
  if (ms <= 0 || writer.gone) return;
  await sleep(ms, undefined, { signal: writer.closed.signal }).catch(() => undefined);
}
