import { newId } from '@app/core';
import { badRequest, type Body, isObject, type JsonObject, RealtimeService, RelayError } from '@app/relay';
import { allowsModel, hashKey } from '@app/users';
import { Injectable } from '@nestjs/common';
import { Admission } from './admission';
import { type KnownCaller, presentedKey } from './authenticator';
import { ClientSecrets } from './client-secrets';
import type { Endpoint } from './endpoints';
import { GenerateEndpoint } from './generate.endpoint';
import { modelOfSession } from './realtime-handshake';
import type { Call } from './relay.listener';
import { sendJson } from './send';

const SECONDS = { usual: 600, least: 10, most: 7_200 };

/** Ephemeral keys, with which a page in a browser opens a realtime session that its server has described. */
@Injectable()
export class ClientSecretsEndpoint {
  constructor(
    private readonly generate: GenerateEndpoint,
    private readonly admission: Admission,
    private readonly realtime: RealtimeService,
    private readonly secrets: ClientSecrets,
  ) {}

  readonly create: Endpoint = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const body = await this.generate.read(call);
    const session = sessionIn(body);
    const model = modelOfSession(session);
    if (model === null) throw badRequest("Missing required parameter: 'session.model'.", 'session.model');
    if (!allowsModel(caller, model))
      throw new RelayError('model_not_allowed', `This API key may not use the model '${model}'.`, { param: 'model' });
    this.realtime.assertServed(caller, model);
    const expiresAt = call.receivedAt + secondsIn(body) * 1_000;
    const keyHash = hashKey(presentedKey(call) ?? '');
    const value = this.secrets.seal({ keyHash, expiresAt, session });
    // It is a request to the limits of its key, and costs nothing.
    (await this.admission.admit(caller, 0, call.headers)).release(0);
    sendJson(call, 200, { value, expires_at: Math.floor(expiresAt / 1_000), session: shown(session) });
  };

  /** WebRTC and SIP: the sound would go past the gateway, which could neither count nor stop it. */
  readonly refuseCalls: Endpoint = () => {
    throw badRequest('Realtime calls over WebRTC or SIP are not served here: open a WebSocket at /v1/realtime.');
  };
}

function sessionIn(body: Body): JsonObject {
  const session = body.value('session') ?? {};
  if (!isObject(session)) throw badRequest("Invalid type for 'session': expected an object.", 'session');
  const { type = 'realtime' } = session;
  if (type !== 'realtime' && type !== 'transcription')
    throw badRequest("Invalid value for 'session.type': expected 'realtime' or 'transcription'.", 'session.type');
  return { ...session, type };
}

function secondsIn(body: Body): number {
  const after = body.value('expires_after') ?? {};
  if (!isObject(after)) throw badRequest("Invalid type for 'expires_after': expected an object.", 'expires_after');
  const { usual, least, most } = SECONDS;
  const { seconds = usual } = after;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= least && seconds <= most) return seconds;
  throw badRequest(
    `Invalid 'expires_after.seconds': expected an integer from ${least} to ${most}.`,
    'expires_after.seconds',
  );
}

const shown = (session: JsonObject): JsonObject => ({
  ...session,
  id: `sess_${newId().replaceAll('-', '')}`,
  object: session.type === 'transcription' ? 'realtime.transcription_session' : 'realtime.session',
  expires_at: 0,
});
