import { createHash } from 'node:crypto';
import { Settings } from '@app/config';
import { badRequest, Idempotency, type KeptAnswer, type NamedCall, relaySettings } from '@app/relay';
import { Injectable } from '@nestjs/common';
import { AnswerRecorder } from './answer-recorder';
import type { KnownCaller } from './authenticator';
import { BodyBudget } from './body-budget';
import type { Endpoint } from './endpoints';
import { readBody } from './read-body';
import type { Call } from './relay.listener';
import { sendBody } from './send';

const HEADER = 'idempotency-key';
const MAX_LENGTH = 255;
/** Stainless's SDKs (OpenAI's for Python among them) send `stainless-python-retry-<uuid>` with every call they make. */
const AUTOMATIC = /^stainless-\w+-retry-/;
const REPLAYED = 'idempotent-replayed';

/** A call with an `Idempotency-Key`: made once, and answered again without asking anybody. */
@Injectable()
export class IdempotencyStage {
  constructor(
    private readonly settings: Settings,
    private readonly idempotency: Idempotency,
    private readonly bodies: BodyBudget,
  ) {}

  applies({ method, headers }: Call['req']): boolean {
    return headers[HEADER] !== undefined && method === 'POST';
  }

  async serve(call: Call, known: KnownCaller, endpoint: Endpoint): Promise<void> {
    const name = nameOf(call);
    const maxBytes = this.settings.get(relaySettings['body.maxMiB']) * 1024 * 1024;
    call.body = await readBody(call, maxBytes, this.bodies);
    const begun = await this.idempotency.begin(named(call, known, name, call.body));
    if (begun.kind === 'replay') return replay(call, begun.answer);
    const recorder = (call.recorder = new AnswerRecorder(this.idempotency.maxBytes));
    try {
      await endpoint(call, known);
    } catch (error) {
      recorder.spoil();
      throw error;
    } finally {
      const answer = recorder.take();
      recorder.drop();
      await (answer === 'failed'
        ? this.idempotency.failed(begun.claim)
        : this.idempotency.answered(begun.claim, answer));
    }
  }
}

function nameOf({ req }: Call): string {
  const name = req.headers[HEADER];
  if (typeof name === 'string' && name !== '' && name.length <= MAX_LENGTH) return name;
  throw badRequest(`The Idempotency-Key must be a text of 1 to ${MAX_LENGTH} characters.`, 'Idempotency-Key');
}

function named(call: Call, { caller }: KnownCaller, name: string, body: Buffer): NamedCall {
  return {
    keyId: caller.keyId,
    name,
    fingerprint: fingerprintOf(call, body),
    requestId: call.id,
    isAutomatic: AUTOMATIC.test(name),
    isFirst: call.req.headers['x-stainless-retry-count'] === '0',
  };
}

/** A form's boundary is made anew each time it is sent: it does not count. Nor does a key in the query. */
function fingerprintOf({ location, req }: Call, body: Buffer): string {
  const query = new URLSearchParams(location.query);
  query.delete('key');
  const hash = createHash('sha256').update(`${location.path}?${query.toString()}\n`);
  const boundary = /\bboundary="?([^";]+)/i.exec(req.headers['content-type'] ?? '')?.[1];
  if (!boundary) return hash.update(body).digest('hex');
  for (let at = 0; ;) {
    const next = body.indexOf(boundary, at, 'latin1');
    hash.update(body.subarray(at, next < 0 ? body.length : next));
    if (next < 0) return hash.digest('hex');
    at = next + boundary.length;
  }
}

function replay(call: Call, { requestId, status, contentType, body }: KeptAnswer): void {
  call.headers['x-request-id'] = requestId;
  call.headers[REPLAYED] = 'true';
  sendBody(call, status, contentType, body);
}
