import type { Route } from '@app/channels';
import { Settings } from '@app/config';
import { messageOf } from '@app/core';
import type { Caller } from '@app/users';
import { Injectable, Logger } from '@nestjs/common';
import { arrayAt, isObject, type JsonObject, textAt } from '../json';
import { inputItems } from '../protocols/openai-responses/stored';
import { badRequest } from '../relay.errors';
import type { Relayed } from '../relay.service';
import type { Past, RelayRequest } from '../relay.types';
import type { Body } from '../request/members';
import { answerIn, contextTokens, idOf, itemIdsOf, originOf, sizeOf, statusOf } from './answer';
import type { Conversation } from './conversation.entity';
import { Conversations } from './conversations';
import { KeptPast, ReferencedPast } from './past';
import { ResponseStore } from './response-store';
import { isRunning } from './stored-turn';
import { previousMissing, TurnReader } from './turn-reader';
import { storedSettings } from './stored.settings';

/** One call of the Responses API as the store sees it: what it goes on from, and whether its answer is kept. */
export interface OpenTurn {
  /** The request with what was said before it. */
  goOn(request: RelayRequest): RelayRequest;
  /** Keeps the answer, if the caller wants it kept and it is one. What is waited for has to be there before the caller goes on. */
  keep(request: RelayRequest, relayed: Relayed): Promise<void> | undefined;
  /** Adds the turn to its conversation, where it belongs to one. Never rejects. */
  remember(request: RelayRequest, answer: JsonObject, route: Route | null): Promise<void> | undefined;
  readonly previousId: string | null;
  /** Tokens of what was said before, which the body does not show. */
  readonly pastTokens: number;
  /** The caller wants the answer kept, and the operator allows it. */
  readonly isKept: boolean;
}

interface Opening extends Pick<OpenTurn, 'previousId' | 'pastTokens' | 'isKept'> {
  readonly past?: Past;
  readonly conversation?: Conversation;
}

/** The conversations of the Responses API: opens a turn before its call, keeps it after. */
@Injectable()
export class ResponseTurns {
  private readonly log = new Logger('Responses');

  constructor(
    private readonly store: ResponseStore,
    private readonly reader: TurnReader,
    private readonly conversations: Conversations,
    private readonly settings: Settings,
  ) {}

  /** Throws RelayError 400 for an answer that is not there, or not there yet. */
  async open(caller: Caller, body: Body): Promise<OpenTurn> {
    // Where nothing is kept here, what an upstream keeps is between it and the caller.
    const storing = this.settings.get(storedSettings['responses.store']);
    const isKept = storing && body.value('store') !== false;
    const previousId = storing ? textOf(body, 'previous_response_id') : null;
    const conversationId = storing ? conversationIdOf(body) : null;
    if (conversationId !== null) {
      if (previousId !== null)
        throw badRequest("'conversation' and 'previous_response_id' exclude each other.", 'conversation');
      return this.openConversation(caller, body, conversationId, isKept);
    }
    if (previousId === null && storing && body.bytes.includes(REFERENCE))
      return this.openReferences(caller, body, isKept);
    if (previousId === null) return this.openWhole(isKept);
    const previous = await this.store.findSoon(caller.userId, previousId);
    if (!previous) throw previousMissing(previousId);
    if (isRunning(previous))
      throw badRequest(`The response '${previousId}' is not complete yet.`, 'previous_response_id');
    const load = () => this.reader.history(caller, previous, { mayEnd: false });
    const past = new KeptPast(body, previous, load, { previous_response_id: previousId });
    return this.turn({ past, pastTokens: previous.contextTokens, previousId, isKept });
  }

  /** A call that says everything itself. */
  private openWhole(isKept: boolean): OpenTurn {
    return this.turn({ previousId: null, pastTokens: 0, isKept });
  }

  /** The AI SDK sends what was said before as references to the items of earlier answers. */
  private async openReferences(caller: Caller, body: Body, isKept: boolean): Promise<OpenTurn> {
    const { items, last, origin } = await this.reader.referenced(caller, body);
    if (!last) return this.openWhole(isKept);
    const past = new ReferencedPast(body, origin, items);
    return this.turn({ past, pastTokens: last.contextTokens, previousId: null, isKept });
  }

  private async openConversation({ userId }: Caller, body: Body, id: string, isKept: boolean): Promise<OpenTurn> {
    const conversation = await this.conversations.get(userId, id);
    const { channelId, credentialId, contextTokens: pastTokens } = conversation;
    const load = () => this.conversations.history(conversation);
    const past = new KeptPast(body, { channelId, credentialId, upstreamId: null }, load, { conversation: { id } });
    return this.turn({ past, pastTokens, previousId: null, isKept, conversation });
  }

  private turn(opening: Opening): OpenTurn {
    const { past, pastTokens } = opening;
    return {
      ...opening,
      goOn: (request) => (past ? { ...request, past, inputTokens: request.inputTokens + pastTokens } : request),
      keep: (request, relayed) => this.keep(opening, request, relayed),
      remember: (request, answer, route) => this.remember(opening, request, answer, route),
    };
  }

  private keep(turn: Opening, request: RelayRequest, relayed: Relayed): Promise<void> | undefined {
    if (!turn.isKept && !turn.conversation) return undefined;
    const answer = answerIn(relayed.ending);
    if (!answer) return undefined;
    if (turn.isKept) this.put(turn, request, answer, relayed);
    return this.remember(turn, request, answer, relayed.route);
  }

  private remember(
    { conversation, pastTokens }: Opening,
    { body, id }: RelayRequest,
    answer: JsonObject,
    route: Route | null,
  ): Promise<void> | undefined {
    const status = statusOf(answer);
    if (!conversation || (status !== 'completed' && status !== 'incomplete')) return undefined;
    const addition = {
      input: inputItems({ input: body.value('input') }, id),
      output: arrayAt(answer, 'output').filter(isObject),
      origin: originOf(route, answer),
      contextTokens: contextTokens(answer, { bytes: body.bytes.length, past: pastTokens }),
    };
    return this.conversations
      .append(conversation, addition)
      .catch((error: unknown) => this.log.error(`${id} is missing in its conversation: ${messageOf(error)}`));
  }

  private put(turn: Opening, request: RelayRequest, answer: JsonObject, { ending, route }: Relayed): void {
    const id = idOf(answer);
    if (id === null) return;
    const bytes = request.body.bytes.length + sizeOf(ending);
    if (bytes > this.settings.get(storedSettings['responses.maxKiB']) * 1024) return;
    const { caller, body, receivedAt } = request;
    const response = { ...answer, ...request.past?.echo };
    this.store.put({
      id,
      userId: caller.userId,
      keyId: caller.keyId,
      status: statusOf(answer),
      background: false,
      createdAt: receivedAt,
      previousId: turn.previousId,
      ...originOf(route, answer),
      contextTokens: contextTokens(answer, { bytes, past: turn.pastTokens }),
      nodeId: null,
      leaseUntil: null,
      content: () => ({ input: body.value('input') ?? null, response }),
      bytes,
      itemIds: itemIdsOf(answer),
    });
  }
}

function textOf(body: Body, name: string): string | null {
  const value = body.value(name) ?? null;
  if (value !== null && typeof value !== 'string')
    throw badRequest(`Invalid type for '${name}': expected a string.`, name);
  return value;
}

const REFERENCE = '"item_reference"';

/** The id itself, or within an object. */
function conversationIdOf(body: Body): string | null {
  const value = body.value('conversation') ?? null;
  if (value === null || typeof value === 'string') return value;
  const id = textAt(value, 'id');
  if (id === undefined) throw badRequest("Invalid type for 'conversation': expected an id.", 'conversation');
  return id;
}
