import type { IncomingMessage } from 'node:http';
import { badRequest, isObject, type JsonObject, RelayError } from '@app/relay';
import type { Location } from './location';

const PATH = '/v1/realtime';
const MAX_MODEL_LENGTH = 200;
const controlCharacters = /[\x00-\x1f\x7f]/;

/** What a handshake asks for. */
export interface RealtimeWish {
  readonly model: string;
  /** The rest of the query, without what is the gateway's own business. */
  readonly query: URLSearchParams;
  /** What the upstream has to know of the handshake's headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The model of a session as it is described; one that only transcribes names it where it says how. */
export function modelOfSession(session: JsonObject): string | null {
  const { model, audio } = session;
  const input = isObject(audio) ? audio.input : undefined;
  const transcription = isObject(input) ? input.transcription : undefined;
  const transcriber = isObject(transcription) ? transcription.model : undefined;
  const named = session.type === 'transcription' ? transcriber : model;
  return typeof named === 'string' && isModelName(named) ? named : null;
}

/** `session`: as it was described for the ephemeral key that is presented. Throws 404 for another path, 400 for what is no handshake or names no model. */
export function readHandshake(
  req: IncomingMessage,
  { path, query, crooked }: Location,
  session?: JsonObject,
): RealtimeWish {
  if (crooked || path !== PATH) throw new RelayError('not_found', 'There is no WebSocket at this URL.');
  const key = req.headers['sec-websocket-key'] ?? '';
  const version = req.headers['sec-websocket-version'] ?? '';
  if (req.method !== 'GET' || !/^[+/0-9A-Za-z]{22}==$/.test(key) || !['13', '8'].includes(version))
    throw badRequest('This is not a WebSocket handshake of version 13.');
  const asked = new URLSearchParams(query);
  if (session) describe(asked, session);
  return { model: modelOf(asked), query: passedOn(asked), headers: headersOf(req) };
}

/** What an ephemeral key was made for cannot be changed by its bearer. */
function describe(asked: URLSearchParams, session: JsonObject): void {
  const model = modelOfSession(session) ?? '';
  const named = asked.get('model') ?? model;
  if (named !== model) throw badRequest(`This ephemeral key is for the model '${model}'.`, 'model');
  asked.set('model', model);
  if (session.type === 'transcription') asked.set('intent', 'transcription');
}

/** `deployment` is what Azure's SDK calls it. */
function modelOf(query: URLSearchParams): string {
  if (query.has('call_id'))
    throw badRequest('Calls that run over WebRTC or SIP cannot be joined here; name a model.', 'call_id');
  const model = query.get('model') ?? query.get('deployment') ?? '';
  if (model === '') throw badRequest("Missing required parameter: 'model'.", 'model');
  if (!isModelName(model)) throw badRequest("'model' is not a model's name.", 'model');
  return model;
}

const isModelName = (text: string): boolean =>
  text !== '' && text.length <= MAX_MODEL_LENGTH && !controlCharacters.test(text);

const ours = ['model', 'deployment', 'api-version', 'key', 'api-key'];

function passedOn(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query);
  for (const name of ours) rest.delete(name);
  return rest;
}

/** The beta of the API is chosen by a header, or by a sub-protocol where a browser cannot set one. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const beta = headers['openai-beta'];
  const offered = headers['sec-websocket-protocol'] ?? '';
  const safety = headers['openai-safety-identifier'];
  const isBeta = String(beta ?? '').includes('realtime=') || offered.includes('openai-beta.realtime-v1');
  return {
    ...(isBeta && { 'openai-beta': 'realtime=v1' }),
    ...(typeof safety === 'string' && { 'openai-safety-identifier': safety }),
  };
}
