import type { IncomingMessage, ServerResponse } from 'node:http';
import { newRequestId } from '@app/core';
import { RelayError } from '@app/relay';
import { Injectable, Logger } from '@nestjs/common';
import type { AnswerRecorder } from './answer-recorder';
import { Authenticator } from './authenticator';
import { callError } from './call-error';
import { BodyBudget } from './body-budget';
import { answerPreflight, openToAnyOrigin } from './cross-origin';
import { Endpoints } from './endpoints';
import { IdempotencyStage } from './idempotency.stage';
import { InFlight } from './in-flight';
import { isDataPlane, type Location, locate } from './location';
import { sendError } from './send';

/** One data-plane request on its way through the stages. */
export interface Call {
  /** `req_…`, also in the answer's `x-request-id`. */
  readonly id: string;
  readonly receivedAt: number;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly location: Location;
  /** Headers of whatever is answered; handed to Node in one piece with the head, which is cheaper than setting them one by one. */
  readonly headers: Record<string, string | number>;
  /** Of its body, in memory until the call is over. See `BodyBudget`. */
  bodyBytes: number;
  /** The whole body, where it had to be read before its endpoint was known to want it. */
  body: Buffer | null;
  /** Takes a copy of the answer. */
  recorder: AnswerRecorder | null;
}

/** The data plane's front door: a plain request listener, so that no framework stands between a caller and the relay. */
@Injectable()
export class RelayListener {
  private readonly log = new Logger('Relay');

  constructor(
    private readonly authenticator: Authenticator,
    private readonly endpoints: Endpoints,
    private readonly inFlight: InFlight,
    private readonly bodies: BodyBudget,
    private readonly idempotency: IdempotencyStage,
  ) {}

  /** False when the request belongs to the control plane. */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const url = req.url ?? '/';
    if (!isDataPlane(url)) return false;
    const id = newRequestId();
    const headers = { 'x-request-id': id, ...openToAnyOrigin };
    const call: Call = {
      id,
      receivedAt: Date.now(),
      req,
      res,
      location: locate(url, req.headers),
      headers,
      bodyBytes: 0,
      body: null,
      recorder: null,
    };
    void this.serve(call);
    return true;
  }

  /** accept → authenticate → the endpoint's own stages. Never rejects. */
  private async serve(call: Call): Promise<void> {
    const { req, location } = call;
    if (req.method === 'OPTIONS') return answerPreflight(call);
    const leave = this.inFlight.enter();
    try {
      if (!leave) throw new RelayError('unavailable', 'The gateway is shutting down.', { retryAfterMs: 2_000 });
      const endpoint = this.endpoints.find(req.method ?? 'GET', location);
      const caller = this.authenticator.authenticate(call);
      const known = caller instanceof Promise ? await caller : caller;
      await (this.idempotency.applies(req) ? this.idempotency.serve(call, known, endpoint) : endpoint(call, known));
    } catch (error) {
      sendError(call, callError(this.log, call.id, error));
    } finally {
      this.bodies.release(call);
      leave?.();
    }
  }
}
