import { ChannelHealth, type Route } from '@app/channels';
import { Settings } from '@app/config';
import { isCallersFault } from '@app/providers';
import { Injectable } from '@nestjs/common';
import {
  type Attempt,
  CallState,
  type Failed,
  HttpCall,
  isFailed,
  isTokensFault,
  type Limits,
  type Tried,
} from './call-state';
import { noRoute } from './failure-error';
import { HedgeRace } from './hedge-race';
import { laneOf } from './lanes';
import { nextAttempt } from './next-attempt';
import type { Story } from './receipt';
import { relaySettings } from './relay.settings';
import { Routes } from './routes';
import type { AttemptResult, Failure, RelayRequest, Reply } from './relay.types';
import { Authorizer } from './transport/authorizer';
import { Exchange } from './transport/exchange';
import { scrubFor } from './transport/scrub';
import { ThoughtIssuers } from './thoughts/thought-issuers';
import { Transport, type UpstreamCall } from './transport/transport';

const FORGOTTEN = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

const MOST_FILE_BYTES = 32 * 1024 * 1024;

const fileLimits = (endsBy: number) => ({ deadlineMs: Math.max(1, endsBy - Date.now()), maxBytes: MOST_FILE_BYTES });

/** Asks one upstream after the other until one answers: never the same credential twice, unless its connection was dead. */
@Injectable()
export class Attempts {
  constructor(
    private readonly routes: Routes,
    private readonly health: ChannelHealth,
    private readonly transport: Transport,
    private readonly authorizer: Authorizer,
    private readonly settings: Settings,
    private readonly thoughts: ThoughtIssuers,
  ) {}

  /** Tells `story` each attempt as it ends. `limits`: those of a call that has tried other models before. */
  run(asked: RelayRequest, reply: Reply, story: Story, limits = this.limits()): Promise<AttemptResult> {
    const replayed = asked.past || asked.operation !== 'chat' ? undefined : this.thoughts.pastOf(asked);
    const request = replayed ? { ...asked, past: replayed } : asked;
    const call = new HttpCall(request, reply, story, limits);
    if (request.past) return this.each(call, this.exchangeWithPast);
    const hedged = asked.caller.routing.hedgeAfterMs !== null && !asked.upload && asked.operation !== 'count-tokens';
    return this.each(call, hedged ? this.hedged : this.exchange);
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
    let route = this.routes.first(call) ?? (await this.routes.rested(call));
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
      const { result } = ended;
      this.told(call, ended.route ?? route, ended, ended.startedAt ?? startedAt);
      if (!isFailed(result)) return result;
      route = this.next(call, ended.route ?? route, result.failure) ?? (await this.routes.rested(call));
    }
    return { kind: 'failed', failure: call.lastFailure ?? noRoute };
  }

  private told(call: CallState, route: Route, { result, firstByteAt }: Attempt<Tried>, startedAt: number): void {
    call.record(route, result, startedAt, firstByteAt);
    // An upstream that cannot count may well be able to answer.
    if (call.request.operation !== 'count-tokens') this.report(route, result, startedAt, firstByteAt);
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
    call.exclude(route, step === 'other-channel', failure);
    return this.routes.other(call);
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
    reply: Reply = call.reply,
  ): Promise<Attempt<AttemptResult>> => {
    const { provider } = route.channel;
    const { limits } = call;
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

  /** A second upstream is asked when the first is slow to begin; see `HedgeRace`. */
  private readonly hedged = (call: HttpCall, route: Route): Promise<Attempt<AttemptResult>> =>
    new HedgeRace(call, {
      start: (next, reply) => this.exchange(call, next, call.request, reply),
      second: (first) => this.routes.beside(call, first),
      lost: (loser, startedAt) => {
        call.recordLoser(loser, startedAt);
        this.health.undecided(loser);
      },
      failed: (failed, attempt, startedAt) => this.told(call, failed, attempt, startedAt),
      step: (failure) => nextAttempt(failure, call.spent()),
    }).run(route);

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
