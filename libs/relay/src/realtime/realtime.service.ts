import { HoldService, type OpenCall, SettlementWriter } from '@app/billing';
import { ChannelHealth, type Route } from '@app/channels';
import { Settings } from '@app/config';
import { ENV, type Env } from '@app/platform/env';
import { offers } from '@app/providers';
import type { Caller } from '@app/users';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Attempts } from '../attempts';
import { type Attempt, CallState } from '../call-state';
import { failureError } from '../failure-error';
import { asRelayError, holdOrder } from '../charge';
import type { JsonObject } from '../json';
import { addressOf } from '../lanes/address';
import { refusedRow, type Story } from '../receipt';
import { relaySettings } from '../relay.settings';
import { Tariff } from '../tariff';
import { TokenRefused } from '../transport/access-tokens';
import { Authorizer } from '../transport/authorizer';
import type { UpstreamCall } from '../transport/transport';
import { Conversation } from './conversation';
import { dial, type Dialled, unreachable, type Upstream } from './dial';
import { frameOf } from './frame';
import type { Ended } from './goodbye';
import { RealtimeSession, type SessionLimits } from './session';
import { SessionBill, type Turnstile } from './session-bill';

/** A caller's wish for a session, as the handshake tells it. */
export interface RealtimeRequest {
  readonly id: string;
  readonly receivedAt: number;
  readonly caller: Caller;
  readonly ip: string;
  readonly model: string;
  /** What the query says besides the model: it goes upstream as it is. */
  readonly query: URLSearchParams;
  /** Headers of the handshake that mean something to the upstream. */
  readonly headers: Readonly<Record<string, string>>;
  /** As the session was described for the caller's ephemeral key: it begins so. */
  readonly session?: JsonObject | undefined;
}

/** An upstream found for a request: the session can begin. */
export interface Line {
  readonly request: RealtimeRequest;
  readonly upstream: Upstream;
  readonly story: Story;
}

const MIB = 1024 * 1024;

/** Realtime sessions: an upstream is found as for any request; money is held and settled for each turn. */
@Injectable()
export class RealtimeService {
  private readonly log = new Logger('Realtime');

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly settings: Settings,
    private readonly tariff: Tariff,
    private readonly holds: HoldService,
    private readonly attempts: Attempts,
    private readonly writer: SettlementWriter,
    private readonly health: ChannelHealth,
    private readonly authorizer: Authorizer,
  ) {}

  /** Finds an upstream that takes the session. Throws RelayError, and logs it, where there is none; null: the caller is gone. */
  async connect(request: RealtimeRequest, gone: AbortSignal): Promise<Line | null> {
    const story = this.story(request);
    try {
      await this.assertPayable(request, story);
      const { caller, model } = request;
      const asked = { caller, model, protocol: 'openai-chat', operation: 'realtime' } as const;
      const call = new CallState(asked, story, this.attempts.limits());
      const result = await this.attempts.each(call, (_, route) => this.dial(request, route, gone));
      if (result.kind === 'failed') throw failureError(result.failure);
      return result.kind === 'answered' ? { request, upstream: result.upstream, story } : null;
    } catch (error) {
      const refusal = asRelayError(error);
      this.writer.record(refusedRow(story, refusal));
      throw refusal;
    }
  }

  /** Throws RelayError where nobody serves the model to the caller. */
  assertServed(caller: Caller, model: string): void {
    this.tariff.assertServed({ caller, model });
  }

  /** Joins the caller's socket with the line, for the caller to start; `onEnd` is told when both are let go. */
  begin(
    { request, upstream, story }: Line,
    client: WebSocket,
    turnstile: Turnstile,
    onEnd: () => void,
  ): RealtimeSession {
    const { id, model, session: opening } = request;
    const { route } = upstream;
    const { id: _id, createdAt: _createdAt, model: _model, ...call } = story.call;
    const billed = { id, call, model, route, attempts: story.attempts };
    return new RealtimeSession({
      client,
      upstream,
      conversation: new Conversation({
        model,
        upstreamModel: route.upstreamModel,
        usualOutput: this.settings.get(relaySettings['hold.outputTokens']),
      }),
      bill: new SessionBill(billed, turnstile, this.tariff, this.holds, this.writer),
      limits: this.limits(),
      opening: opening && frameOf({ type: 'session.update', session: opening }),
      onEnd: (ended) => {
        this.report(route, ended);
        onEnd();
      },
      onFault: (message) => this.log.error(`${id}: ${message}`),
    });
  }

  limits(): SessionLimits {
    return {
      maxMs: this.settings.get(relaySettings['realtime.maxSessionMs']),
      idleMs: this.settings.get(relaySettings['realtime.idleMs']),
      pingMs: this.settings.get(relaySettings['realtime.pingMs']),
      maxFrameBytes: this.settings.get(relaySettings['realtime.maxFrameMiB']) * MIB,
    };
  }

  private story({ id, receivedAt, caller, model, ip }: RealtimeRequest): Story {
    const { userId, keyId, group } = caller;
    const kind = { protocol: 'openai-realtime', operation: 'realtime', stream: true } as const;
    const call: OpenCall = {
      id,
      createdAt: receivedAt,
      userId,
      keyId,
      group,
      model,
      ...kind,
      ip,
      nodeId: this.env.nodeId,
    };
    return { call, price: null, attempts: [], route: null, firstByteAt: null, dropped: null, hold: null };
  }

  /** Whoever could not pay a single turn is told so while that can still be said in HTTP. */
  private async assertPayable(request: RealtimeRequest, story: Story): Promise<void> {
    const { caller, model } = request;
    story.price = this.tariff.priceOf({ caller, model });
    const least = { input: 1, output: 1 };
    await this.holds.assertFunds(holdOrder(story.call, caller, story.price, { most: least, least }));
  }

  private async dial(request: RealtimeRequest, route: Route, gone: AbortSignal): Promise<Attempt<Dialled>> {
    if (!offers(route.channel.provider, route.protocol, 'realtime') && !route.channel.settings.paths?.realtime)
      return unreachable('This provider has no realtime sessions.');
    try {
      const address = await this.address(request, route);
      const { maxFrameBytes } = this.limits();
      const deadlineMs = this.settings.get(relaySettings['timeout.connectMs']);
      return await dial({ address, route, deadlineMs, maxFrameBytes, gone });
    } catch (error) {
      if (error instanceof TokenRefused)
        return { result: { kind: 'failed', failure: error.failure }, firstByteAt: null };
      throw error;
    }
  }

  private async address(request: RealtimeRequest, route: Route): Promise<UpstreamCall> {
    const address = addressOf({ operation: 'realtime', stream: true }, route);
    const url = withQuery(address.url, request.query);
    const call = { ...address, url, headers: { ...address.headers, ...request.headers }, body: null, dropped: [] };
    return route.channel.provider.authorize ? this.authorizer.ready(route, call) : call;
  }

  /** A session that breaks in the middle of an answer says something about the channel; any other end does not. */
  private report(route: Route, { by, code, midTurn }: Ended): void {
    if (by !== 'upstream' || !midTurn || code === 1000) return;
    const message = `The upstream closed the session in the middle of an answer (${code}).`;
    this.health.failed(route, { kind: 'network', code: 'session_cut', message });
  }
}

function withQuery(url: string, query: URLSearchParams): string {
  const target = new URL(url);
  for (const [name, value] of query) if (!target.searchParams.has(name)) target.searchParams.set(name, value);
  // A session that only transcribes has no model of its own: OpenAI wants none then.
  if (target.searchParams.get('intent') === 'transcription') target.searchParams.delete('model');
  return target.href;
}
