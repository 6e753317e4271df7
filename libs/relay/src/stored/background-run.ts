import { messageOf } from '@app/core';
import type { Logger } from '@nestjs/common';
import type { JsonObject } from '../json';
import { RelayError } from '../relay.errors';
import type { Relayed, RelayService } from '../relay.service';
import type { RelayRequest } from '../relay.types';
import { contextTokens, itemIdsOf, originOf, statusOf } from './answer';
import { BackgroundAnswer } from './background-answer';
import type { OpenTurn } from './response-turns';
import type { StoredResponseRepository } from './stored-response.repository';
import { type Plain, storedItems } from './stored-turn';
import type { TurnSeal } from './turn-seal';

/** What a run works with. */
export interface RunTools {
  readonly relay: RelayService;
  readonly repository: StoredResponseRepository;
  readonly seal: TurnSeal;
  readonly log: Logger;
}

export interface RunOrder {
  readonly request: RelayRequest;
  readonly turn: OpenTurn;
  /** The row as it is first written. */
  readonly row: Plain;
  /** As the caller first sees it. */
  readonly response: JsonObject;
  /** Members of the response that are the gateway's to say. */
  readonly own: JsonObject;
  readonly isStreamed: boolean;
}

/** One background call, from its first row to its last. */
export class BackgroundRun {
  readonly answer: BackgroundAnswer;
  /** Its row is there: from now on others may end it. */
  isKept = false;

  constructor(
    readonly order: RunOrder,
    private readonly tools: RunTools,
  ) {
    const { response, own, isStreamed } = order;
    this.answer = new BackgroundAnswer(response, own, () => void this.begun(), { isStreamed });
  }

  /** Writes the row, before anything is asked of an upstream. */
  async enter(): Promise<void> {
    const { row, request, response, isStreamed } = this.order;
    const { repository, seal } = this.tools;
    const content = seal.content(row, { input: inputOf(request), response });
    await repository.insert([{ ...row, content, events: isStreamed ? seal.events(row, []) : null }]);
    this.isKept = true;
  }

  /** Makes the answer and keeps it. Never rejects. Gives the tokens used. */
  async make(): Promise<number> {
    const { answer } = this;
    const relayed = await this.relayed();
    await this.keep(relayed);
    answer.feed.end();
    return relayed?.usedTokens ?? 0;
  }

  private async relayed(): Promise<Relayed | null> {
    const { answer } = this;
    const { request } = this.order;
    try {
      const relayed = await this.tools.relay.relay(request, answer);
      answer.finish(relayed.ending);
      if (!answer.isGone) answer.fail('server_error', 'The upstream ended its answer before it was complete.');
      return relayed;
    } catch (error) {
      const known = error instanceof RelayError && error.code !== 'internal_error' ? error : null;
      if (!known) this.tools.log.error(`${request.id}: ${messageOf(error)}`);
      answer.fail(known?.code ?? 'server_error', known?.message ?? 'The gateway failed on this call.');
      return null;
    }
  }

  /** A cancelled answer has no end to keep; its row says so already. */
  private async keep(relayed: Relayed | null): Promise<void> {
    const { final, upstream, feed } = this.answer;
    if (!final) return;
    const { request, row, turn, isStreamed } = this.order;
    const { repository, seal, log } = this.tools;
    const route = relayed?.route ?? null;
    await turn.remember(request, final, route);
    const whole = isStreamed ? feed.whole : null;
    const change = {
      status: statusOf(final),
      leaseUntil: null,
      content: seal.content(row, { input: inputOf(request), response: final }),
      events: whole && seal.events(row, whole),
      contextTokens: contextTokens(final, { bytes: request.body.bytes.length, past: turn.pastTokens }),
      ...originOf(route, upstream),
    };
    try {
      if (await repository.advance(row.id, change)) await repository.index(storedItems(row.id, itemIdsOf(final)));
    } catch (error) {
      log.error(`the background answer ${row.id} cannot be kept: ${messageOf(error)}`);
    }
  }

  private async begun(): Promise<void> {
    await this.tools.repository.advance(this.order.row.id, { status: 'in_progress' }).catch(() => undefined);
  }
}

const inputOf = ({ body }: RelayRequest): unknown => body.value('input') ?? null;
