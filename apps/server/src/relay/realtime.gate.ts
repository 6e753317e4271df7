import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { newRequestId } from '@app/core';
import type { Granted } from '@app/platform/limiter';
import { errorBody, type Line, RealtimeService, type RealtimeSession, RelayError, type Turnstile } from '@app/relay';
import { allowsModel, ApiKeyUsage } from '@app/users';
import { Injectable, Logger } from '@nestjs/common';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerRaw } from '../raw-answer';
import { Admission } from './admission';
import { Authenticator, type Knock, type KnownCaller, presentedKey } from './authenticator';
import { callError } from './call-error';
import { ClientSecrets } from './client-secrets';
import { EarlyBytes } from './early-bytes';
import { InFlight } from './in-flight';
import { locate } from './location';
import { readHandshake } from './realtime-handshake';
import { retryAfter } from './send';

const GOING_AWAY = { code: 1001, reason: 'The gateway is shutting down.' };
/** What a client may offer and gets confirmed. Its key, which may stand beside it, is never repeated. */
const SUBPROTOCOL = 'realtime';

/** Who knocks: with a key, or (`keyHash`) with an ephemeral one that was made with it. */
interface Visitor extends Knock {
  readonly keyHash?: string | undefined;
}

/** A handshake on its way through the stages. */
interface Knocking extends Knock {
  readonly id: string;
  readonly receivedAt: number;
  readonly socket: Duplex;
  readonly early: EarlyBytes;
  /** Of whatever is answered. */
  readonly headers: Record<string, string | number>;
}

/**
 * The data plane's other door: WebSockets. What can be refused is refused in HTTP, before the handshake, and the handshake is
 * completed when an upstream has taken the session.
 */
@Injectable()
export class RealtimeGate {
  private readonly log = new Logger('Realtime');
  private readonly sessions = new Set<RealtimeSession>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly admission: Admission,
    private readonly secrets: ClientSecrets,
    private readonly realtime: RealtimeService,
    private readonly keyUsage: ApiKeyUsage,
    private readonly inFlight: InFlight,
  ) {
    inFlight.onClosing(() => this.sessions.forEach((session) => session.retire(GOING_AWAY)));
  }

  handle(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const id = newRequestId();
    const early = new EarlyBytes(socket, head);
    const location = locate(req.url ?? '/', req.headers);
    const call = { id, receivedAt: Date.now(), req, socket, early, location, headers: { 'x-request-id': id } };
    void this.serve(call);
  }

  /** Ends all sessions now; what they delivered is charged. */
  cut(): void {
    for (const session of this.sessions) session.cut(GOING_AWAY);
  }

  private async serve(call: Knocking): Promise<void> {
    const leave = this.inFlight.enter();
    let granted: Granted | undefined;
    const end = (): void => {
      granted?.release(0); // each turn has counted its own tokens
      leave?.();
    };
    try {
      if (!leave) throw new RelayError('unavailable', 'The gateway is shutting down.', { retryAfterMs: 2_000 });
      const secret = this.secrets.open(presentedKey(call));
      const { session } = secret ?? {};
      const { model, query, headers } = readHandshake(call.req, call.location, session);
      const knock = { ...call, keyHash: secret?.keyHash };
      const { caller, ip } = await this.known(knock, model);
      granted = await this.admission.admit(caller, 0, call.headers);
      const { id, receivedAt, early } = call;
      const line = await this.realtime.connect(
        { id, receivedAt, caller, ip, model, query, headers, session },
        early.gone,
      );
      if (!line || !this.accept(call, line, this.turnstile(knock, model), end)) end();
    } catch (error) {
      end();
      this.refuse(call, callError(this.log, call.id, error));
    }
  }

  /** Who knocks, and whether it may use the model; asked again for each turn. */
  private async known(call: Visitor, model: string): Promise<KnownCaller> {
    const { keyHash } = call;
    const known = await (keyHash === undefined
      ? this.authenticator.authenticate(call)
      : this.authenticator.authenticateHash(call, keyHash));
    if (!allowsModel(known.caller, model))
      throw new RelayError('model_not_allowed', `This API key may not use the model '${model}'.`, { param: 'model' });
    this.keyUsage.touch(known.caller.keyId);
    return known;
  }

  /** False: the caller is gone. */
  private accept(call: Knocking, line: Line, turnstile: Turnstile, end: () => void): boolean {
    const client = this.handshake(call);
    if (!client) {
      line.upstream.socket.terminate();
      return false;
    }
    const session = this.realtime.begin(line, client, turnstile, () => {
      this.sessions.delete(session);
      end();
    });
    this.sessions.add(session);
    session.start();
    if (this.inFlight.isClosing) session.retire(GOING_AWAY);
    return true;
  }

  private handshake({ req, socket, early, headers }: Knocking): WebSocket | undefined {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.realtime.limits().maxFrameBytes,
      handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
    });
    server.on('headers', (lines) => {
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    });
    let accepted: WebSocket | undefined;
    server.handleUpgrade(req, socket, early.take(), (client) => (accepted = client));
    return accepted;
  }

  /** A session holds its place for its whole life, which `admit` at the door has taken; its turns count as requests and tokens. */
  private turnstile(call: Visitor, model: string): Turnstile {
    let turns = 0;
    return {
      caller: async () => (await this.known(call, model)).caller,
      admit: async ({ limits }, tokens) => {
        // The door has counted the first request.
        const rules = limits
          .map(({ key, rpm, tpm }) => ({ key, rpm: turns === 0 ? null : rpm, tpm }))
          .filter(({ rpm, tpm }) => rpm != null || tpm != null);
        const granted = await this.admission.admit({ limits: rules }, tokens, {});
        turns += 1;
        return (usedTokens) => granted.release(usedTokens);
      },
    };
  }

  private refuse({ id, socket, location, headers, early }: Knocking, error: RelayError): void {
    early.take();
    answerRaw(socket, error.status, errorBody(location.protocol, error, id), { ...headers, ...retryAfter(error) });
  }
}
