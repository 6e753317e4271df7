import type { Route } from '@app/channels';
import { type Attempt, type HttpCall, isFailed } from './call-state';
import type { NextStep } from './next-attempt';
import type { AttemptResult, Failure, Reply } from './relay.types';
import { RacingReply } from './racing-reply';

export interface RaceRules {
  /** Sends the call on a route; what it answers goes to `reply`. */
  start(route: Route, reply: Reply): Promise<Attempt<AttemptResult>>;
  /** Who else can be asked; null: nobody. */
  second(first: Route): Route | null;
  lost(route: Route, startedAt: number): void;
  failed(route: Route, attempt: Attempt<AttemptResult>, startedAt: number): void;
  step(failure: Failure): NextStep;
}

interface Runner {
  readonly route: Route;
  readonly startedAt: number;
  readonly reply: RacingReply;
}

/**
 * Two attempts at one call: a second upstream is asked when the first has not begun to answer in time. Whoever begins first goes
 * on; the other is let go, has given nothing and costs nothing. One result comes of it, so the call is settled once.
 */
export class HedgeRace {
  private readonly runners: Runner[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;
  private resolve: (attempt: Attempt<AttemptResult>) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(
    private readonly call: HttpCall,
    private readonly rules: RaceRules,
  ) {}

  run(route: Route): Promise<Attempt<AttemptResult>> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.enter(route);
      const { hedgeAfterMs } = this.call.request.caller.routing;
      if (!this.isOver) this.timer = setTimeout(() => this.hedge(route), hedgeAfterMs ?? 0);
    });
  }

  private hedge(first: Route): void {
    if (this.isOver || this.runners.length !== 1 || this.call.reply.isGone) return;
    const second = this.rules.second(first);
    if (second) this.enter(second);
  }

  private enter(route: Route): void {
    const runner: Runner = { route, startedAt: Date.now(), reply: new RacingReply(this.call, () => this.won(runner)) };
    this.runners.push(runner);
    const { load } = route.channel;
    // The first is counted by whoever sent it.
    const counted = this.runners.length > 1 ? 1 : 0;
    load.inFlight += counted;
    this.rules
      .start(route, runner.reply)
      .finally(() => (load.inFlight -= counted))
      .then(
        (attempt) => this.ended(runner, attempt),
        (error: unknown) => this.end(() => this.reject(error)),
      );
  }

  /** It begins to answer: nobody else may. */
  private won(winner: Runner): void {
    clearTimeout(this.timer);
    for (const runner of this.runners.splice(0)) {
      if (runner === winner) this.runners.push(runner);
      else {
        this.rules.lost(runner.route, runner.startedAt);
        runner.reply.lose();
      }
    }
  }

  private ended(runner: Runner, attempt: Attempt<AttemptResult>): void {
    if (this.isOver || !this.runners.includes(runner)) return;
    const { result } = attempt;
    const { route, startedAt } = runner;
    if (isFailed(result) && this.runners.length > 1 && this.rules.step(result.failure) !== 'stop') {
      this.runners.splice(this.runners.indexOf(runner), 1);
      this.rules.failed(route, attempt, startedAt);
      this.call.exclude(route, true, result.failure);
      return;
    }
    this.won(runner);
    if (!isFailed(result)) runner.reply.take();
    const { firstByteAt } = attempt;
    this.end(() => this.resolve({ result, firstByteAt, route, startedAt }));
  }

  private end(settle: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    settle();
  }
}
