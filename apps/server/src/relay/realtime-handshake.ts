import type { IncomingMessage } from 'node:http';
import { badRequest, RelayError } from '@app/relay';
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

/** Throws 404 for another path, 400 for what is no handshake or names no model. */
export function readHandshake(req: IncomingMessage, { path, query, crooked }: Location): RealtimeWish {
  if (crooked || path !== PATH) throw new RelayError('not_found', 'There is no WebSocket at this URL.');
  const key = req.headers['sec-websocket-key'] ?? '';
  const version = req.headers['sec-websocket-version'] ?? '';
  if (req.method !== 'GET' || !/^[+/0-9A-Za-z]{22}==$/.test(key) || !['13', '8'].includes(version))
    throw badRequest('This is not a WebSocket handshake of version 13.');
  const asked = new URLSearchParams(query);
  return { model: modelOf(asked), query: passedOn(asked), headers: headersOf(req) };
}

/** `deployment` is what Azure's SDK calls it. */
function modelOf(query: URLSearchParams): string {
  if (query.has('call_id'))
    throw badRequest('Calls that run over WebRTC or SIP cannot be joined here; name a model.', 'call_id');
  const model = query.get('model') ?? query.get('deployment') ?? '';
  if (model === '') throw badRequest("Missing required parameter: 'model'.", 'model');
  if (model.length > MAX_MODEL_LENGTH || controlCharacters.test(model))
    throw badRequest("'model' is not a model's name.", 'model');
  return model;
}

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
