import type { Route } from '@app/channels';
import { type CallPrice, type Hold, keptPrice, type OpenCall } from '@app/billing';
import type { UsageAttempt, UsageEnding, UsageRow } from '@app/logs';
import { totalInput, totalOutput, type Usage } from './chat/usage';
import { endingOf, endings } from './endings';
import type { AnswerFacts } from './lanes/lane';
import { wireFor } from './operations';
import type { RelayError } from './relay.errors';
import type { AttemptResult, RelayRequest } from './relay.types';
import { tokensOfBytes } from './request/estimate';

/** What an answered, broken or abandoned call used, and who says so. Null: nothing was delivered, nothing is charged. */
export interface Metered {
  readonly usage: Usage;
  readonly source: 'upstream' | 'estimated';
}

type Ended = Exclude<AttemptResult, { kind: 'failed' }>;

/**
 * The upstream's own count is the truth. Where it is missing, what was delivered is estimated; a call that delivered nothing
 * costs nothing.
 */
export function meter(request: RelayRequest, result: Ended): Metered | null {
  const { facts } = result;
  if (facts.usage && (result.kind === 'answered' || facts.finish !== undefined)) {
    const asked = wireFor(request).asked?.(request.body);
    const told = asked ? { ...asked, ...facts.usage } : facts.usage;
    const usage = told.requests !== undefined && totalInput(told) === 0 ? withInput(told, request) : told;
    return { usage, source: usage.estimated ? 'estimated' : 'upstream' };
  }
  if (facts.usage) return { usage: soFar(facts.usage, facts), source: 'estimated' };
  if (result.kind !== 'answered' && facts.textBytes === 0) return null;
  return { usage: estimated(request, facts), source: 'estimated' };
}

/** Cohere's ranking tells its search units alone; a price may name tokens. */
const withInput = (usage: Usage, { inputTokens }: RelayRequest): Usage => ({
  ...usage,
  input: inputTokens,
  estimated: true,
});

/** Usage told before the end (Anthropic names the input first) knows nothing of what was generated since. */
const soFar = (usage: Usage, { textBytes }: AnswerFacts): Usage => ({
  ...usage,
  output: Math.max(usage.output, tokensOfBytes(textBytes)),
});

const estimated = (request: RelayRequest, { textBytes }: AnswerFacts): Usage =>
  wireFor(request).estimate?.(request.body, textBytes) ?? {
    input: request.inputTokens,
    output: tokensOfBytes(textBytes),
  };

export function openCall(request: RelayRequest, nodeId: string): OpenCall {
  const { id, receivedAt, caller, model, protocol, operation, stream, ip } = request;
  const { userId, keyId, group } = caller;
  return { id, createdAt: receivedAt, userId, keyId, group, model, protocol, operation, stream, ip, nodeId };
}

/** What is known of a call, filled in as it goes. */
export interface Story {
  call: OpenCall;
  /** The model the caller named, where another stood in for it. */
  requestedModel?: string;
  price: CallPrice | null;
  attempts: readonly UsageAttempt[];
  /** The route of the last attempt. */
  route: Route | null;
  firstByteAt: number | null;
  /** What of the request the upstream could not be told; and in the end, what of the answer the caller could not. */
  dropped: readonly string[] | null;
  /** The money held for it, to be told how far the call has come; null where it costs nothing. */
  hold: Pick<Hold, 'dispatched' | 'firstByte'> | null;
}

/** How a call ended, as its log row tells it. */
export interface Outcome {
  readonly status: UsageRow['status'];
  readonly httpStatus: number;
  readonly errorCode: string | null;
  readonly ending: UsageEnding;
}

/** The log row of a call that had an answer, whole or in part. */
export function answeredRow(story: Story, result: Ended, metered: Metered | null, costNano: number): UsageRow {
  const { lost } = result.facts;
  if (lost && lost.length > 0) story.dropped = [...(story.dropped ?? []), ...lost];
  return rowOf(
    story,
    outcomeOf(endingOf(result), result.kind === 'broken' ? result.failure.code : null),
    metered,
    costNano,
  );
}

/** The log row of a call that was refused. */
export const refusedRow = (story: Story, error: RelayError): UsageRow => {
  const ending = story.attempts.length > 0 ? 'failed' : 'rejected';
  return rowOf(story, outcomeOf(ending, error.extra.upstream?.code ?? error.code, error.status), null, 0);
};

/** What the table of endings says of one. `failure` and `status` are asked for where the table leaves them to the case. */
export function outcomeOf(ending: UsageEnding, failure: string | null = null, status = 200): Outcome {
  const { status: logged, httpStatus, errorCode } = endings[ending];
  return {
    status: logged,
    httpStatus: httpStatus ?? status,
    errorCode: errorCode === 'failure' ? failure : errorCode,
    ending,
  };
}

/** What the log says of an answer whose upstream reported impossible numbers. */
const remarkOn = (usage: Usage | undefined): string | null => (usage?.corrected ? 'usage_corrected' : null);

// Field by field: made for every call, and a literal costs a tenth of what spreading objects into each other does.
export function rowOf(story: Story, outcome: Outcome, metered: Metered | null, costNano: number): UsageRow {
  const { call, route, price } = story;
  const usage = metered?.usage;
  return {
    id: call.id,
    createdAt: call.createdAt,
    userId: call.userId,
    keyId: call.keyId,
    channelId: route ? route.channel.id : null,
    credentialId: route ? route.credential.id : null,
    group: call.group,
    model: call.model,
    requestedModel: story.requestedModel ?? null,
    upstreamModel: route ? route.upstreamModel : null,
    protocol: call.protocol,
    operation: call.operation,
    stream: call.stream,
    status: outcome.status,
    httpStatus: outcome.httpStatus,
    errorCode: outcome.errorCode ?? remarkOn(usage),
    ending: outcome.ending,
    inputTokens: usage ? totalInput(usage) : 0,
    outputTokens: usage ? totalOutput(usage) : 0,
    cacheReadTokens: usage?.cacheRead ?? 0,
    cacheWriteTokens: (usage?.cacheWrite ?? 0) + (usage?.cacheWrite1h ?? 0),
    reasoningTokens: usage?.reasoning ?? 0,
    costNano,
    // A clock that was set back makes no time negative.
    durationMs: Math.max(0, Date.now() - call.createdAt),
    firstByteMs: story.firstByteAt === null ? null : Math.max(0, story.firstByteAt - call.createdAt),
    attempts: story.attempts,
    usageSource: metered ? metered.source : null,
    price: price && keptPrice(price, usage),
    dropped: story.dropped,
    ip: call.ip,
    nodeId: call.nodeId,
  };
}
