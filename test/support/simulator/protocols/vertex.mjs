// @ts-check
/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference, https://platform.claude.com/docs/en/api/claude-on-vertex-ai */
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { anthropicFace, frames as messageFrames, read as readMessage, reply as replyMessage } from './anthropic.mjs';
import { tokens } from '../answer.mjs';
import { emptyRequest, list } from './face.mjs';
import { frames, geminiFace, read, reply } from './gemini.mjs';
import { vector } from './openai-others.mjs';

/** @typedef {import('./face.mjs').Json} Json */

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** The one account there is, as its key file. */
export const serviceAccount = {
  type: 'service_account',
  project_id: 'sim-project',
  private_key_id: 'simulated',
  private_key: privateKey,
  client_email: 'gateway@sim-project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};

/** Tokens that are good. @type {Set<string>} */
const issued = new Set();

/** From now on every token issued so far is refused. */
export const revokeTokens = () => issued.clear();

/**
 * The JWT grant. https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 * @param {URLSearchParams} form
 * @param {string} audience
 */
export function accessToken(form, audience) {
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}');
  const isSigned = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
  const now = Date.now() / 1000;
  const isTrue =
    form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
    said.iss === serviceAccount.client_email &&
    said.aud === audience &&
    said.exp > now &&
    said.exp - said.iat <= 3600;
  if (!isSigned || !isTrue)
    return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
  const token = `ya29.c.simulated-token-${issued.size}-${Date.now()}`;
  issued.add(token);
  return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
}

/** @type {import('./face.mjs').Face} */
const face = {
  ...geminiFace,
  credential: (headers) => tokenOf(headers),
  failure: (fault) => {
    if (fault.status !== 401) return geminiFace.failure(fault);
    const error = { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' };
    return { status: 401, headers: {}, body: { error } };
  },
};
/** @type {import('./face.mjs').Face} */
const claudeFace = { ...anthropicFace, credential: (headers) => tokenOf(headers) };

/** @param {import('./face.mjs').Headers} headers */
function tokenOf(headers) {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return token !== undefined && issued.has(token) ? token : null;
}

/** @param {Json} body */
const drawn = (body) =>
  Array.from({ length: body.parameters?.sampleCount ?? 1 }, () => ({
    bytesBase64Encoded: 'cGl4ZWw=',
    mimeType: 'image/png',
  }));

/** @param {string} text @returns {Json} */
const embedded = (text) => ({ embeddings: { values: vector(text), statistics: { token_count: tokens(text) } } });

/** One vector for each instance, its tokens counted, or pictures. */
const predict = {
  read: (/** @type {Json} */ body, /** @type {string} */ model) => ({
    ...emptyRequest(),
    model: modelOf(model),
    prompt: list(body.instances)
      .map((one) => one.content ?? one.prompt ?? '')
      .join(''),
  }),
  /** @type {import('./face.mjs').Endpoint['reply']} */
  reply: (_request, _answer, body) => ({
    predictions: list(body.instances).flatMap(
      (one) => /** @type {Json[]} */ ('prompt' in one ? drawn(body) : [embedded(one.content)]),
    ),
  }),
};

/** Names of models end in a script, as Claude's do: `text-embedding-005@sim-fast`. @param {string} model */
const modelOf = (model) => /@(sim-.*)$/.exec(model)?.[1] ?? model;

const place = '^/v1/projects/sim-project/locations/[a-z0-9-]+/publishers';

/** @type {readonly import('./face.mjs').Endpoint[]} */
export const vertex = [
  { ...action('google', 'generateContent', face), read: (body, model) => read(body, model, false), reply },
  { ...action('google', 'streamGenerateContent', face), read: (body, model) => read(body, model, true), reply, frames },
  { ...action('google', 'predict', face), ...predict },
  {
    ...action('google', 'embedContent', face),
    read: (body, model) => read(body, modelOf(model), false),
    reply: (request) => ({ embedding: { values: vector(request.prompt) } }),
  },
  {
    ...action('anthropic', 'rawPredict', claudeFace),
    read: (body, model) => readClaude(body, model, false),
    reply: replyMessage,
  },
  {
    ...action('anthropic', 'streamRawPredict', claudeFace),
    read: (body, model) => readClaude(body, model, true),
    reply: replyMessage,
    frames: messageFrames,
  },
];

/**
 * @param {string} publisher
 * @param {string} name
 * @param {import('./face.mjs').Face} spoken
 */
function action(publisher, name, spoken) {
  return { method: 'POST', path: new RegExp(`${place}/${publisher}/models/([^/]+):${name}$`), face: spoken };
}

/**
 * Claude's names have a version behind an `@`: here it may be a script.
 * @param {Json} body
 * @param {string} model
 * @param {boolean} stream
 */
function readClaude(body, model, stream) {
  if (body.anthropic_version !== 'vertex-2023-10-16') throw new Error('anthropic_version: Field required');
  if ('model' in body) throw new Error('model: Extra inputs are not permitted');
  if ((body.stream === true) !== stream) throw new Error('stream: must agree with the method');
  return { ...readMessage(body), model: modelOf(model) };
}
