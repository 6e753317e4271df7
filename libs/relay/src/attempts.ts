import { ChannelHealth, ChannelSelector, type Route } from '@app/channels';
import { Settings } from '@app/config';
import type { UsageAttempt } from '@app/logs';
import { isCallersFault } from '@app/providers';
import { Injectable } from '@nestjs/common';
import { laneOf } from './lanes';
import { nextAttempt } from './next-attempt';
import { neededFor, reachableFor } from './operations';
import { reachable } from './protocols/faces';
import type { Story } from './receipt';
import { RelayError } from './relay.errors';
import { relaySettings } from './relay.settings';
import type { AttemptResult, Failure, RelayRequest, Reply } from './relay.types';
import { Authorizer } from './transport/authorizer';
import { Exchange } from './transport/exchange';
import { scrubFor } from './transport/scrub';
import { meaningOf } from './transport/error-meaning';
import { ThoughtIssuers } from './thoughts/thought-issuers';
import { Transport, type UpstreamCall } from './transport/transport';

const FORGOTTEN = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

const MOST_FILE_BYTES = 32 * 1024 * 1024;

const fileLimits = (endsBy: number) => ({ deadlineMs: Math.max(1, endsBy - Date.now()), maxBytes: MOST_FILE_BYTES });

const noRoute: Failure = {
  kind: 'overloaded',
  status: null,
  code: 'no_channel_ready',
  message: 'No channel for this model is ready to take the call.',
};

/** Asks one upstream after the other until one answers: never the same credential twice, unless its connection was dead. */
@Injectable()
export class Attempts {
  constructor(
    private readonly selector: ChannelSelector,
    private readonly health: ChannelHealth,
    private readonly transport: Transport,
    private readonly authorizer: Authorizer,
    private readonly settings: Settings,
    private readonly thoughts: ThoughtIssuers,
  ) {}

  /** Tells `story` each attempt as it ends. */
  run(asked: RelayRequest, reply: Reply, story: Story): Promise<AttemptResult> {
    const replayed = asked.past || asked.operation !== 'chat' ? undefined : this.thoughts.pastOf(asked);
    const request = replayed ? { ...asked, past: replayed } : asked;
    const call = new HttpCall(request, reply, story, this.limits());
    return this.each(call, request.past ? this.exchangeWithPast : this.exchange);
  }

  limits(): Limits {
    return {
      maxAttempts: this.settings.get(relaySettings['retry.maxAttempts']),
      firstByteMs: this.settings.get(relaySettings['timeout.firstByteMs']),
      beginsBy: Date.now() + this.settings.get(relaySettings['retry.budgetMs']),
      longestWaitMs: this.settings.get(relaySettings['retry.longestWaitMs']),
      endsBy: Date.now() + this.settings.get(relaySettings['timeout.totalMs']),
    };
  }

  /** `attempt` after `attempt` on routes not tried yet, until one does not fail or there is no other way. */
  async each<C extends CallState, R extends Tried>(
    call: C,
    attempt: (call: C, route: Route) => Promise<Attempt<R>>,
  ): Promise<R | Failed> {
    let route = this.issuer(call.request) ?? this.select(call);
    while (route) {
      const startedAt = Date.now();
      const { load } = route.channel;
      load.inFlight++;
      let ended: Attempt<R>;
      try {
        ended = await attempt(call, route);
      } finally {
        load.inFlight--;
      }
      const { result, firstByteAt } = ended;
      call.record(route, result, startedAt, firstByteAt);
      // An upstream that cannot count may well be able to answer.
      if (call.request.operation !== 'count-tokens') this.report(route, result, startedAt, firstByteAt);
      if (!isFailed(result)) return result;
      route = this.next(call, route, result.failure);
    }
    return { kind: 'failed', failure: call.lastFailure ?? noRoute };
  }

  private next(call: CallState, route: Route, failure: Failure): Route | null {
    const retold = call.request.past?.retold(route, failure);
    if (retold) {
      call.note(retold);
      return route;
    }
    const step = nextAttempt(failure, call.spent());
    call.note(step);
    if (step === 'stop') return null;
    if (step === 'same-credential') return route;
    call.exclude(route, step === 'other-channel');
    return this.select(call);
  }

  /** Whoever gave the answer this call goes on from, if it is ready. */
  private issuer({ past, caller, model, protocol }: CallState['request']): Route | null {
    if (!past?.issuer) return null;
    return this.selector.selectKnown({ group: caller.group, model, protocols: reachable(protocol) }, past.issuer);
  }

  /** A channel not tried yet, else a credential not tried yet, else one whose pause was only our guess. */
  private select({ request, tried }: CallState): Route | null {
    const { caller, model, protocol, operation } = request;
    const protocols = reachableFor(operation, protocol);
    const { strategy } = caller.routing;
    const query = { group: caller.group, model, strategy, operation: neededFor(operation), protocols, onlyThese: true };
    const fresh = this.selector.select(query, tried);
    if (fresh) return fresh;
    const anywhere = { credentials: tried.credentials, channels: new Set<string>() };
    return this.selector.select(query, anywhere) ?? this.selector.select({ ...query, allowCooling: true }, anywhere);
  }

  private readonly exchangeWithPast = async (call: HttpCall, route: Route): Promise<Attempt<AttemptResult>> => {
    const { request } = call;
    const body = await request.past?.bodyFor(route);
    return this.exchange(call, route, body ? { ...request, body } : request);
  };

  private readonly exchange = (
    call: HttpCall,
    route: Route,
    request: RelayRequest = call.request,
  ): Promise<Attempt<AttemptResult>> => {
    const { provider } = route.channel;
    const { reply, limits } = call;
    const prepared = laneOf(request, route).prepare(request, route);
    const before = request.past?.dropped ?? [];
    const dropped = before.length > 0 ? [...new Set([...before, ...prepared.call.dropped])] : prepared.call.dropped;
    call.story.dropped = dropped.length > 0 ? dropped : null;
    reply.dropped(dropped);
    const since = Date.now();
    const { hold } = call.story;
    hold?.dispatched();
    const lost = (names: readonly string[]) => reply.dropped([...dropped, ...names]);
    return new Promise((resolve) => {
      const { endsBy } = limits;
      const firstByteMs = Math.min(route.channel.settings.timeouts?.firstByteMs ?? limits.firstByteMs, call.patience());
      const scrub = scrubFor(route);
      const fetch = (file: UpstreamCall) => this.transport.fetch(file, fileLimits(endsBy));
      const forget = (last: UpstreamCall) => void this.transport.fetch(last, FORGOTTEN).catch(() => undefined);
      const send = (next: UpstreamCall, exchange: Exchange) => this.send(route, next, exchange);
      const { errorKinds } = route.channel.settings;
      const proved = route.isProbe ? () => this.health.proved(route) : undefined;
      const sending = { prepared, send, fetch, forget, hold, lost, proved };
      const input = { firstByteMs, endsBy, provider, errorKinds, reply, scrub, stream: request.stream, ...sending };
      // When it is done, its result is there.
      const exchange = new Exchange(input, () =>
        resolve(this.judged(route, exchange as Attempt<AttemptResult>, since)),
      );
      this.send(route, prepared.call, exchange);
    });
  };

  private send(route: Route, call: UpstreamCall, exchange: Exchange): void {
    if (!route.channel.provider.authorize) return this.transport.send(call, exchange);
    this.authorizer.authorize(route, call, {
      done: (authorized) => exchange.isOver || this.transport.send(authorized, exchange),
      failed: (failure) => exchange.refuse(failure),
    });
  }

  /** An old token that is refused is not yet the credential's fault: it gets one more try, with a new one. */
  private judged(route: Route, attempt: Attempt<AttemptResult>, since: number): Attempt<AttemptResult> {
    const { result } = attempt;
    if (!isFailed(result) && result.facts.thought !== undefined) this.thoughts.learn(result.facts.thought, route);
    if (!isFailed(result) || result.failure.kind !== 'credential_invalid' || !route.channel.provider.authorize)
      return attempt;
    if (!this.authorizer.forget(route, since)) return attempt;
    return { firstByteAt: null, result: { kind: 'failed', failure: { ...result.failure, stale: true } } };
  }

  private report(route: Route, { kind, failure }: Tried, startedAt: number, firstByteAt: number | null): void {
    if (kind === 'answered') {
      this.health.succeeded(route, { firstByteMs: (firstByteAt ?? Date.now()) - startedAt });
    } else if (failure && !isCallersFault(failure.kind) && !isTokensFault(failure)) {
      this.health.failed(route, failure);
    } else this.health.undecided(route);
  }
}

export interface Limits {
  readonly maxAttempts: number;
  readonly firstByteMs: number;
  /** Epoch milliseconds by which an answer has to begin, whatever is tried. */
  readonly beginsBy: number;
  /** How long a call may wait for somebody whose pause ends. */
  readonly longestWaitMs: number;
  readonly endsBy: number;
}

/** How an attempt of any kind ended; one that failed or broke says why. */
export interface Tried {
  readonly kind: AttemptResult['kind'];
  readonly failure?: Failure;
}

export type Failed = Extract<AttemptResult, { kind: 'failed' }>;

const isTokensFault = ({ kind, stale = false }: Failure): boolean => stale && kind === 'credential_invalid';

const isFailed = (result: Tried): result is Failed => result.kind === 'failed';

/** One attempt that is over. */
export interface Attempt<R extends Tried> {
  readonly result: R;
  readonly firstByteAt: number | null;
}

/** What one call has tried so far. */
export class CallState {
  readonly tried = { credentials: new Set<string>(), channels: new Set<string>() };
  lastFailure: Failure | null = null;
  private readonly attempts: UsageAttempt[] = [];
  private repeated = false;

  constructor(
    readonly request: Pick<RelayRequest, 'caller' | 'model' | 'protocol' | 'operation' | 'past'>,
    readonly story: Story,
    readonly limits: Limits,
  ) {
    story.attempts = this.attempts;
  }

  record(route: Route, { kind, failure }: Tried, startedAt: number, firstByteAt: number | null): void {
    this.lastFailure = failure ?? this.lastFailure;
    this.story.route = route;
    this.story.firstByteAt = firstByteAt;
    this.attempts.push({
      channelId: route.channel.id,
      credentialId: route.credential.id,
      status: failure ? failure.status : kind === 'abandoned' ? null : 200,
      errorCode: failure?.code ?? (kind === 'abandoned' ? 'client_gone' : null),
      reason: failure?.message ?? null,
      startedAt,
      durationMs: Date.now() - startedAt,
    });
  }

  /** Notes on the attempt just made what follows it. */
  note(step: string): void {
    const last = this.attempts.at(-1);
    if (last) this.attempts[this.attempts.length - 1] = { ...last, reason: `${last.reason ?? ''} → ${step}` };
    if (step === 'same-credential') this.repeated = true;
  }

  exclude(route: Route, wholeChannel: boolean): void {
    this.repeated = false;
    this.tried.credentials.add(route.credential.id);
    if (wholeChannel) this.tried.channels.add(route.channel.id);
  }

  spent() {
    const { maxAttempts } = this.limits;
    return { attempts: this.attempts.length, maxAttempts, leftMs: this.patience(), repeated: this.repeated };
  }

  /** Milliseconds left in which an answer has to begin. */
  patience(): number {
    const { beginsBy, endsBy } = this.limits;
    return Math.min(beginsBy, endsBy) - Date.now();
  }
}

class HttpCall extends CallState {
  constructor(
    override readonly request: RelayRequest,
    readonly reply: Reply,
    story: Story,
    limits: Limits,
  ) {
    super(request, story, limits);
  }
}

/** The answer to a caller whom no upstream served. Only a fault of the caller's keeps the upstream's status and words. */
export function failureError(failure: Failure): RelayError {
  const { kind, message, retryAfterMs, upstream, code } = failure;
  const told = toldStatus(failure);
  if (told !== null) {
    const { param, ...words } = upstream ?? {};
    const meaning =
      kind === 'content_policy' || kind === 'context_length' ? kind : meaningOf(message, code, words.code);
    return new RelayError('invalid_request_error', message, { status: told, param, upstream: words, meaning });
  }
  if (code === noRoute.code) return new RelayError('unavailable', message, { retryAfterMs: retryAfterMs ?? 5_000 });
  if (kind === 'timeout') return new RelayError('upstream_timeout', `Every upstream failed; the last one: ${message}`);
  return new RelayError('upstream_error', `Every upstream failed; the last one: ${phraseOf[kind] ?? message}`, {
    retryAfterMs,
    ...((kind === 'rate_limited' || kind === 'overloaded') && { meaning: kind }),
  });
}

const callerStatus: ReadonlySet<number | null> = new Set([400, 413, 422]);

/** The status of a fault of the caller's; null: it is none, or its status says something else. */
function toldStatus({ kind, status }: Failure): number | null {
  if (!isCallersFault(kind) || status === null) return null;
  if (callerStatus.has(status)) return status;
  return kind === 'caller' ? null : 400;
}

/** What is ours to keep (keys, accounts) is only named by kind. */
const phraseOf: Partial<Record<Failure['kind'], string>> = {
  credential_invalid: "it refused the gateway's credential.",
  quota_exhausted: "the gateway's account there is used up.",
  forbidden: "the gateway's account there may not do this.",
  rate_limited: 'it is limiting the rate of requests.',
  overloaded: 'it is overloaded.',
  model_missing: 'it does not know the model.',
};
