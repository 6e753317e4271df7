import { messageOf } from '@app/core';
import { Settings } from '@app/config';
import { ENV, type Env } from '@app/platform/env';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import type { JsonObject } from '../json';
import { responseId } from '../protocols/openai-responses/ids';
import { queuedResponse } from '../protocols/openai-responses/queued';
import { RelayError } from '../relay.errors';
import { RelayService } from '../relay.service';
import type { RelayRequest } from '../relay.types';
import type { BackgroundAnswer } from './background-answer';
import { BackgroundRun } from './background-run';
import { reached } from './reached';
import type { OpenTurn } from './response-turns';
import { storedSettings } from './stored.settings';
import { StoredResponseRepository } from './stored-response.repository';
import type { Plain } from './stored-turn';
import { TurnSeal } from './turn-seal';

/** Without a sign of life for so long, the process that makes an answer is taken for dead. */
const LEASE_MS = 20_000;
const HEARTBEAT_MS = 4_000;

/** A background call that was accepted. */
export interface Started {
  readonly response: JsonObject;
  readonly answer: BackgroundAnswer;
}

/**
 * Calls with `background: true`: answered at once, made here by the same relay as every other, whatever the upstream knows of it.
 * Their state only moves forward, by compare-and-set in the database: whoever cancels, completes or loses one first has it.
 */
@Injectable()
export class BackgroundRuns implements BeforeApplicationShutdown {
  private readonly log = new Logger('Responses');
  private readonly runs = new Map<string, BackgroundRun>();
  private heartbeat: NodeJS.Timeout | null = null;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly settings: Settings,
    private readonly relay: RelayService,
    private readonly repository: StoredResponseRepository,
    private readonly seal: TurnSeal,
  ) {}

  get count(): number {
    return this.runs.size;
  }

  /** Throws RelayError 503 when as many run as may. */
  assertRoom(): void {
    if (this.runs.size >= this.settings.get(storedSettings['responses.maxBackground']))
      throw new RelayError('unavailable', 'Too many background answers are being made.', { retryAfterMs: 5_000 });
  }

  /** `onEnd` is called once the call has ended, with the tokens it used; not when this rejects. */
  async start(
    request: RelayRequest,
    turn: OpenTurn,
    options: { readonly isStreamed: boolean; readonly onEnd: (usedTokens: number) => void },
  ): Promise<Started> {
    this.assertRoom();
    const maxKiB = this.settings.get(storedSettings['responses.maxKiB']);
    if (request.body.bytes.length > maxKiB * 1024)
      throw new RelayError('request_too_large', `A background call may be of at most ${maxKiB} KiB.`);
    const id = responseId(undefined, request.id);
    const own = { ...request.past?.echo, id, background: true };
    const response = { ...queuedResponse(request), ...own };
    const { isStreamed, onEnd } = options;
    const { relay, repository, seal, log } = this;
    const order = { request, turn, row: this.rowOf(id, request, turn), response, own, isStreamed };
    const run = new BackgroundRun(order, { relay, repository, seal, log });
    this.runs.set(id, run);
    try {
      await run.enter();
    } catch (error) {
      this.runs.delete(id);
      throw new RelayError('unavailable', 'The answer cannot be kept right now.', { cause: error });
    }
    this.heartbeat ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    void run.make().then((usedTokens) => {
      this.runs.delete(id);
      onEnd(usedTokens);
    });
    return { response, answer: run.answer };
  }

  /** The answer, if it is being made by this process. */
  find(userId: string, id: string): BackgroundAnswer | null {
    const run = this.runs.get(id);
    return run?.order.request.caller.userId === userId ? run.answer : null;
  }

  /** Ends a run that is not over; the node that makes it hears of it by its next sign of life at the latest. */
  async cancel(id: string): Promise<void> {
    await reached(this.repository.advance(id, { status: 'cancelled', leaseUntil: null }));
    this.stop(id);
  }

  /** Ends the work of this node on an answer, if it has any. */
  stop(id: string): void {
    this.runs.get(id)?.answer.stop();
  }

  /** No time is left: what still runs has failed. */
  cut(): void {
    for (const { answer } of this.runs.values()) {
      answer.fail('server_error', 'The gateway is shutting down.');
      answer.stop();
    }
  }

  beforeApplicationShutdown(): void {
    if (this.heartbeat) clearInterval(this.heartbeat);
  }

  private rowOf(id: string, { caller, receivedAt }: RelayRequest, { previousId }: OpenTurn): Plain {
    return {
      id,
      userId: caller.userId,
      keyId: caller.keyId,
      status: 'queued',
      background: true,
      createdAt: receivedAt,
      previousId,
      channelId: null,
      credentialId: null,
      upstreamId: null,
      contextTokens: 0,
      nodeId: this.env.nodeId,
      leaseUntil: Date.now() + LEASE_MS,
    };
  }

  /** Says that this node lives, and hears what others have ended. */
  private async beat(): Promise<void> {
    const ids = [...this.runs].flatMap(([id, { isKept }]) => (isKept ? [id] : []));
    if (ids.length === 0) return;
    try {
      const running = await this.repository.extend(ids, Date.now() + LEASE_MS);
      for (const id of ids) if (!running.has(id)) this.stop(id);
    } catch (error) {
      this.log.warn(`no sign of life for background answers: ${messageOf(error)}`);
    }
  }
}
