import { ChannelService, type Route } from '@app/channels';
import { DomainError, invalid, messageOf } from '@app/core';
import {
  balanceRequest,
  balanceUsd,
  classifyUpstreamError,
  isProtocol,
  type Operation,
  quirksOf,
  isUpstreamProtocol,
  type UpstreamProtocol,
} from '@app/providers';
import { Injectable } from '@nestjs/common';
import { isObject, parseJson } from '../json';
import { upstreamWire } from '../protocols/faces';
import { TokenRefused } from '../transport/access-tokens';
import { Authorizer } from '../transport/authorizer';
import { networkFailure } from '../transport/network-failure';
import { scrubFor } from '../transport/scrub';
import { type Fetched, Transport, type UpstreamCall } from '../transport/transport';
import { fetchAllModels } from './fetch-models';
import { minimalCall, minimalRetrieval, probeOperation } from './minimal-call';

const LIMITS = { deadlineMs: 30_000, maxBytes: 16 * 1024 * 1024 };

export interface ProbeOrder {
  readonly model?: string;
  /** A protocol the channel speaks; default its first. */
  readonly endpoint?: string;
  readonly stream?: boolean;
}

export interface ProbeResult {
  readonly ok: boolean;
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

  /** A real, minimal generation call, over the channel's own credentials, whatever the channel's state. */
  async test(channelId: string, order: ProbeOrder): Promise<ProbeResult> {
    const route = await this.route(channelId, order);
    const stream = order.stream ?? false;
    const { channel, protocol, upstreamModel: model } = route;
    if (model === '') throw invalid('model', 'must be named: the channel serves none yet');
    const operation = probeOperation(channel.provider, protocol, model);
    const address = this.address(route, { protocol, operation, model, stream });
    const startedAt = Date.now();
    const answer = await this.attempt(route, {
      ...address,
      body:
        operation === 'chat'
          ? minimalCall(channel.provider, protocol, model, stream)
          : minimalRetrieval(operation, model),
      dropped: [],
      proxy: channel.proxy,
    });
    const latencyMs = Date.now() - startedAt;
    await this.channels.recordTest(channel.id, { ok: answer === null, latencyMs });
    return answer === null ? { ok: true, latencyMs } : { ok: false, latencyMs, error: answer };
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

  private route(channelId: string, { model, endpoint }: ProbeOrder): Promise<Route> {
    if (endpoint !== undefined && !isUpstreamProtocol(endpoint)) throw invalid('endpoint', 'is not a protocol');
    return this.channels.routeTo(channelId, { model, protocol: endpoint });
  }

  private address(
    { channel, credential }: Route,
    target: { protocol: UpstreamProtocol; operation: Operation; model: string; stream: boolean },
  ) {
    const { provider, baseUrl, settings } = channel;
    return provider.request({ ...target, baseUrl, credential: credential.secret, settings });
  }

  /** Null: it answered. Otherwise why not. */
  private async attempt(route: Route, call: UpstreamCall): Promise<string | null> {
    try {
      const answer = await this.fetch(route, call);
      const failure = failureOf(route, answer);
      if (failure) return failure;
      return answer.body.length > 0 ? null : 'The upstream answered with nothing.';
    } catch (error) {
      return wordsOf(error);
    }
  }

  private async fetch(route: Route, call: UpstreamCall): Promise<Fetched> {
    const { authorize } = route.channel.provider;
    return this.transport.fetch(authorize ? await this.authorizer.ready(route, call) : call, LIMITS);
  }

  private async send(route: Route, call: UpstreamCall): Promise<Fetched> {
    try {
      return await this.fetch(route, call);
    } catch (error) {
      throw new DomainError('unavailable', wordsOf(error), { cause: messageOf(error) });
    }
  }

  private json(route: Route, answer: Fetched): unknown {
    const failure = failureOf(route, answer);
    if (failure) throw new DomainError('unavailable', `The upstream refused: ${failure}`);
    return parseJson(answer.body.toString('utf8'));
  }
}

/** Why no answer came. */
const wordsOf = (error: unknown): string =>
  error instanceof TokenRefused ? error.failure.message : networkFailure(error as Error, false).message;

/** An HTTP error, or an error inside a 200 or at the head of a stream. */
function failureOf(route: Route, { status, headers, body }: Fetched): string | null {
  const text = body.toString('utf8');
  const parsed = parseJson(text) ?? parseJson(/^data: ?(\{.*)$/m.exec(text)?.[1] ?? '');
  const inside = errorInside(route, parsed);
  if (status < 300 && inside === undefined) return null;
  const error = classifyUpstreamError({
    provider: route.channel.provider,
    status,
    headers: headers as Record<string, string>,
    body: inside === undefined ? (parsed ?? text) : { error: inside },
  });
  return `${scrubFor(route)(error.message)} (${error.code}${status < 300 ? '' : `, HTTP ${status}`})`;
}

function errorInside({ channel, protocol }: Route, answer: unknown): unknown {
  if (isObject(answer) && answer.error != null) return answer.error;
  return isProtocol(protocol)
    ? undefined
    : upstreamWire(protocol).whole(answer, quirksOf(channel.provider, protocol)).error;
}
