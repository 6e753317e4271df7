import { createHash } from 'node:crypto';
import { Settings } from '@app/config';
import { messageOf } from '@app/core';
import { UsageLogRepository } from '@app/logs';
import { SecretBox } from '@app/platform/secrets';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { RelayError } from '../relay.errors';
import { reached } from '../stored/reached';
import { idempotencySettings } from './idempotency.settings';
import { answerContext, type IdempotentCall } from './idempotent-call.entity';
import { type ClaimedCall, IdempotentCallRepository, type KeptContent, LEASE_MS } from './idempotent-call.repository';

const HOUR_MS = 3_600_000;
/** SDKs give every call a key of its own, for the few retries they make themselves. */
const AUTOMATIC_MS = 10 * 60_000;
/** Answers under automatic keys on their way to the database. */
const MAX_UNWRITTEN = 200;
const MAX_CONTENT_TYPE = 200;

/** A call as its caller named it. */
export interface NamedCall {
  /** Of the API key: others may use the same name. */
  readonly keyId: string;
  readonly name: string;
  /** SHA-256 of what is asked, in hex. */
  readonly fingerprint: string;
  readonly requestId: string;
  /** The name was made by an SDK, for this one call and its retries … */
  readonly isAutomatic: boolean;
  /** … of which this is the first: nobody can have used it before. */
  readonly isFirst: boolean;
}

export interface KeptAnswer {
  /** Of the call that was answered. */
  readonly requestId: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Claim extends ClaimedCall {
  /** The database knows of it. */
  readonly isHeld: boolean;
}

export type Begun =
  { readonly kind: 'run'; readonly claim: Claim } | { readonly kind: 'replay'; readonly answer: KeptAnswer };

/** `Idempotency-Key`: a call named twice is made once. See docs/idempotency.md for what its callers can rely on. */
@Injectable()
export class Idempotency implements OnModuleDestroy {
  private readonly log = new Logger('Idempotency');
  private readonly running = new Set<string>();
  /** Answered here, and being written. */
  private readonly ending = new Map<string, Promise<void>>();
  private unwritten = 0;
  private readonly timer = setInterval(() => void this.renew(), LEASE_MS / 4).unref();

  constructor(
    private readonly settings: Settings,
    private readonly calls: IdempotentCallRepository,
    private readonly usage: UsageLogRepository,
    private readonly secrets: SecretBox,
  ) {}

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  get maxBytes(): number {
    return this.settings.get(idempotencySettings['idempotency.maxKiB']) * 1024;
  }

  /** Throws RelayError: 409 while the first is under way, 422 for another call of this name or an answer not kept, 503. */
  async begin(call: NamedCall): Promise<Begun> {
    const claim = this.claimOf(call);
    if (!claim.isHeld) return { kind: 'run', claim };
    await this.ending.get(claim.id);
    const answer = await reached(this.claimOrFind(claim));
    if (answer) return { kind: 'replay', answer };
    this.running.add(claim.id);
    return { kind: 'run', claim };
  }

  /** The call has been answered. `answer` null: it cannot be kept. Never throws: what is lost, a repeated call is told. */
  async answered(claim: Claim, answer: Omit<KeptAnswer, 'requestId'> | null): Promise<void> {
    const content = this.sealed(claim.id, answer);
    if (!claim.isHeld) return this.put(claim, content);
    const written = this.tried(this.calls.answered(claim, content)).finally(() => {
      this.running.delete(claim.id);
      this.ending.delete(claim.id);
    });
    this.ending.set(claim.id, written);
    await written;
  }

  /** The call has failed: it may be made again. */
  async failed(claim: Claim): Promise<void> {
    if (!claim.isHeld) return;
    await this.tried(this.calls.release(claim));
    this.running.delete(claim.id);
  }

  private claimOf({ keyId, name, fingerprint, requestId, isAutomatic, isFirst }: NamedCall): Claim {
    const id = createHash('sha256').update(`${keyId}\n${name}`).digest('hex');
    const hours = this.settings.get(idempotencySettings['idempotency.retentionHours']);
    const retentionMs = isAutomatic ? AUTOMATIC_MS : hours * HOUR_MS;
    return { id, fingerprint, requestId, retentionMs, isHeld: !(isAutomatic && isFirst) };
  }

  /** The answer of an earlier call of this name; null: the name is ours now. */
  private async claimOrFind(claim: Claim): Promise<KeptAnswer | null> {
    if (await this.calls.claim(claim)) return null;
    const found = await this.calls.find(claim.id);
    if (!found) throw inUse();
    const { row, now } = found;
    if (row.expiresAt > now) {
      if (row.fingerprint !== claim.fingerprint) throw reused();
      if (row.leaseUntil === null) return this.opened(row);
      if (row.leaseUntil > now) throw inUse();
      await this.assertNotCharged(row);
    }
    if (await this.calls.takeOver(claim, row)) return null;
    throw inUse();
  }

  /** The process that made the call is gone. Had the call ended by then, its caller has been charged, and is not charged again. */
  private async assertNotCharged(row: IdempotentCall): Promise<void> {
    const { items } = await this.usage.list({ requestId: row.requestId }, { limit: 1 });
    if (items[0]?.status !== 'ok') return;
    await this.calls.answered({ ...row, retentionMs: 0 }, this.sealed(row.id, null));
    throw notKept(row.requestId);
  }

  private opened({ id, requestId, status, contentType, content }: IdempotentCall): KeptAnswer {
    if (content === null) throw notKept(requestId);
    const body = Buffer.from(this.secrets.open(content, answerContext(id)), 'latin1');
    return { requestId, status, contentType, body };
  }

  private sealed(id: string, answer: Omit<KeptAnswer, 'requestId'> | null): KeptContent {
    if (!answer) return { status: 0, contentType: '', bytes: 0, content: null };
    const { status, contentType, body } = answer;
    // Latin1 keeps every byte.
    const content = this.secrets.seal(body.toString('latin1'), answerContext(id));
    return { status, contentType: contentType.slice(0, MAX_CONTENT_TYPE), bytes: content.length, content };
  }

  /** Nobody waits for it. */
  private put(claim: Claim, content: KeptContent): void {
    if (this.unwritten >= MAX_UNWRITTEN || content.content === null) return;
    this.unwritten += 1;
    void this.tried(this.calls.put(claim, content)).finally(() => (this.unwritten -= 1));
  }

  private async renew(): Promise<void> {
    if (this.running.size > 0) await this.tried(this.calls.renew([...this.running]));
  }

  private async tried(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.log.warn(`a call's Idempotency-Key: ${messageOf(error)}`));
  }
}

const HEADER = 'Idempotency-Key';

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ §2.7 */
const inUse = (): RelayError =>
  new RelayError('idempotency_key_in_use', `A call with this ${HEADER} is under way; repeat it when that has ended.`, {
    param: HEADER,
    retryAfterMs: 1_000,
  });

const reused = (): RelayError =>
  new RelayError('idempotency_key_reused', `This ${HEADER} was used for another request; give this one a new key.`, {
    param: HEADER,
  });

const notKept = (requestId: string): RelayError =>
  new RelayError(
    'idempotency_answer_not_kept',
    `The call with this ${HEADER} was answered and charged (${requestId}), but its answer is not kept; use a new key.`,
    { param: HEADER },
  );
