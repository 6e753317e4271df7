import { ChannelService, type Route } from '@app/channels';
import { DomainError, invalid, messageOf } from '@app/core';
import {
  balanceRequest,
  balanceUsd,
  classifyUpstreamError,
  isProtocol,
  quirksOf,
  isUpstreamProtocol,
} from '@app/providers';
import { Injectable } from '@nestjs/common';
import { isObject, parseJson } from '../json';
import { upstreamWire } from '../protocols/faces';
import { RelayError } from '../relay.errors';
import { TokenRefused } from '../transport/access-tokens';
import { Authorizer } from '../transport/authorizer';
import { networkFailure } from '../transport/network-failure';
import { scrubFor } from '../transport/scrub';
import { type Fetched, Transport, type UpstreamCall } from '../transport/transport';
import { fetchAllModels } from './fetch-models';
import { minimalCall } from './minimal-call';
import { isProbeOperation, probeOperation, type ProbeOperation, protocolFor } from './probe-operation';

const LIMITS = { deadlineMs: 30_000, maxBytes: 16 * 1024 * 1024 };
/** Pictures take their time. */
const DRAWING = { deadlineMs: 120_000, maxBytes: 32 * 1024 * 1024 };

export interface ProbeOrder {
  readonly model?: string;
  /** A protocol the channel speaks (default: its first), or what is asked of it (default: what fits the model). */
  readonly endpoint?: string;
  readonly stream?: boolean;
  /** Over this one, whatever its state; default: the first that is enabled. */
  readonly credentialId?: string;
}

export interface ProbeResult {
  readonly ok: boolean;
  /** What was asked. */
  readonly operation: ProbeOperation;
  readonly latencyMs: number;
  /** Free of secrets. */
  readonly error?: string;
}

/** Asks an upstream on the operator's behalf: is it there, what does it serve, what is left on the account. */
@Injectable()
export class ChannelProbe {
  constructor(
    private readonly channels: ChannelService,
    private readonly transport: Transport,
    private readonly authorizer: Authorizer,
  ) {}

  /** A real, minimal call of the kind the model is for, over the channel's own credentials, whatever the channel's state. */
  async test(channelId: string, order: ProbeOrder): Promise<ProbeResult> {
    const { operation, route } = planned(order, await this.route(channelId, order));
    const call = callFor(operation, route, order.stream ?? false);
    const startedAt = Date.now();
    const answer = await this.attempt(route, call, operation);
    const latencyMs = Date.now() - startedAt;
    await this.channels.recordTest(route.channel.id, { ok: answer === null, latencyMs });
    return { ok: answer === null, operation, latencyMs, ...(answer === null ? {} : { error: answer }) };
  }

  /** The models the upstream says it serves. */
  async fetchModels(channelId: string): Promise<string[]> {
    const route = await this.route(channelId, {});
    return fetchAllModels(route, async (address) =>
      this.json(route, await this.send(route, { ...address, body: null, dropped: [], proxy: route.channel.proxy })),
    );
  }

  /** What is left on the upstream account, in USD; null when the vendor does not say. */
  async balance(channelId: string): Promise<number | null> {
    const route = await this.route(channelId, {});
    const { provider, baseUrl, settings } = route.channel;
    const address = balanceRequest(provider, { baseUrl, credential: route.credential.secret, settings });
    if (!address) return null;
    const usd = balanceUsd(
      provider,
      this.json(route, await this.send(route, { ...address, body: null, dropped: [], proxy: route.channel.proxy })),
    );
    await this.channels.recordBalance(channelId, usd);
    return usd;
  }

  private route(channelId: string, { model, endpoint, credentialId }: ProbeOrder): Promise<Route> {
    if (endpoint === undefined || isProbeOperation(endpoint))
      return this.channels.routeTo(channelId, { model, credentialId });
    if (!isUpstreamProtocol(endpoint)) throw invalid('endpoint', 'is neither a protocol nor an operation');
    return this.channels.routeTo(channelId, { model, credentialId, protocol: endpoint });
  }

  /** Null: it answered. Otherwise why not. */
  private async attempt(route: Route, call: UpstreamCall, operation: ProbeOperation): Promise<string | null> {
    try {
      const answer = await this.fetch(route, call, operation === 'images' ? DRAWING : LIMITS);
      const failure = failureOf(route, answer, operation);
      if (failure) return failure;
      return answer.body.length > 0 ? null : 'The upstream answered with nothing.';
    } catch (error) {
      return wordsOf(error);
    }
  }

  private async fetch(route: Route, call: UpstreamCall, limits = LIMITS): Promise<Fetched> {
    const { authorize } = route.channel.provider;
    return this.transport.fetch(authorize ? await this.authorizer.ready(route, call) : call, limits);
  }

  private async send(route: Route, call: UpstreamCall): Promise<Fetched> {
    try {
      return await this.fetch(route, call);
    } catch (error) {
      throw new DomainError('unavailable', wordsOf(error), { cause: messageOf(error) });
    }
  }

  private json(route: Route, answer: Fetched): unknown {
    const failure = failureOf(route, answer, 'models');
    if (failure) throw new DomainError('unavailable', `The upstream refused: ${failure}`);
    return parseJson(answer.body.toString('utf8'));
  }
}

/** What is asked, and over which of the channel's protocols. */
function planned(
  { endpoint }: ProbeOrder,
  route: Route,
): { readonly operation: ProbeOperation; readonly route: Route } {
  if (route.upstreamModel === '' && endpoint !== 'models')
    throw invalid('model', 'must be named: the channel serves none yet');
  const operation = isProbeOperation(endpoint) ? endpoint : probeOperation(route);
  const protocol = protocolFor(operation, route);
  if (!protocol)
    throw invalid('endpoint', `cannot be ${operation}: the channel's upstream has no such thing for this model`);
  return { operation, route: { ...route, protocol } };
}

function callFor(operation: ProbeOperation, route: Route, stream: boolean): UpstreamCall {
  try {
    return minimalCall(operation, route, stream);
  } catch (error) {
    if (error instanceof RelayError) throw invalid('model', `cannot be tested so: ${error.message}`);
    throw error;
  }
}

/** Why no answer came. */
const wordsOf = (error: unknown): string =>
  error instanceof TokenRefused ? error.failure.message : networkFailure(error as Error, false).message;

/** An HTTP error, or an error inside a 200 or at the head of a stream. */
function failureOf(route: Route, { status, headers, body }: Fetched, operation: ProbeOperation): string | null {
  const text = body.toString('utf8');
  const parsed = parseJson(text) ?? parseJson(/^data: ?(\{.*)$/m.exec(text)?.[1] ?? '');
  const inside = errorInside(route, parsed, operation);
  if (status < 300 && inside === undefined) return null;
  const error = classifyUpstreamError({
    provider: route.channel.provider,
    errorKinds: route.channel.settings.errorKinds,
    status,
    headers: headers as Record<string, string>,
    body: inside === undefined ? (parsed ?? text) : { error: inside },
  });
  return `${scrubFor(route)(error.message)} (${error.code}${status < 300 ? '' : `, HTTP ${status}`})`;
}

/** A vendor's own protocol tells its failures its own way, where it was spoken: Replicate's predictions are of every kind. */
function errorInside({ channel, protocol }: Route, answer: unknown, operation: ProbeOperation): unknown {
  if (isObject(answer) && answer.error != null) return answer.error;
  return isProtocol(protocol) || (operation !== 'chat' && protocol !== 'replicate')
    ? undefined
    : upstreamWire(protocol).whole(answer, quirksOf(channel.provider, protocol)).error;
}
