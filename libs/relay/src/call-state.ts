import type { Route } from '@app/channels';
import type { UsageAttempt } from '@app/logs';
import { affinityOf } from './affinity';
import type { Story } from './receipt';
import type { AttemptResult, Failure, RelayRequest, Reply } from './relay.types';

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

export const isTokensFault = ({ kind, stale = false }: Failure): boolean => stale && kind === 'credential_invalid';

export const isFailed = (result: Tried): result is Failed => result.kind === 'failed';

/** One attempt that is over. */
export interface Attempt<R extends Tried> {
  readonly result: R;
  readonly firstByteAt: number | null;
  /** Where it went and when it began, if not where and when it was sent at first. */
  readonly route?: Route;
  readonly startedAt?: number;
}

/** What of a request decides where it goes. */
export type AskedRequest = Pick<RelayRequest, 'caller' | 'model' | 'protocol' | 'operation' | 'past'> &
  Partial<Pick<RelayRequest, 'body' | 'session' | 'named'>>;

/** What one call has tried so far. */
export class CallState {
  readonly tried = { credentials: new Set<string>(), channels: new Set<string>() };
  lastFailure: Failure | null = null;
  /** For the choice of a channel; see `affinityOf`. */
  readonly affinity: number | undefined;
  /** Nobody else is to be asked. */
  isStopped = false;
  private readonly attempts: UsageAttempt[];
  /** What other models were tried with before. */
  private readonly earlier: number;
  private repeated = false;
  /** Whom only a limit or overload kept from answering. */
  private readonly limited: Route[] = [];

  constructor(
    readonly request: AskedRequest,
    readonly story: Story,
    readonly limits: Limits,
  ) {
    this.attempts = [...story.attempts];
    this.earlier = this.attempts.length;
    story.attempts = this.attempts;
    this.affinity = affinityOf(request);
  }

  record(route: Route, { kind, failure }: Tried, startedAt: number, firstByteAt: number | null): void {
    this.lastFailure = failure ?? this.lastFailure;
    this.story.route = route;
    this.story.firstByteAt = firstByteAt;
    this.attempts.push({
      ...this.whoOf(route),
      status: failure ? failure.status : kind === 'abandoned' ? null : 200,
      errorCode: failure?.code ?? (kind === 'abandoned' ? 'client_gone' : null),
      reason: failure?.message ?? null,
      startedAt,
      durationMs: Date.now() - startedAt,
    });
  }

  /** An attempt that was let go because another began to answer first. */
  recordLoser(route: Route, startedAt: number): void {
    this.attempts.push({
      ...this.whoOf(route),
      status: null,
      errorCode: 'hedge_loser',
      reason: 'hedge loser',
      startedAt,
      durationMs: Date.now() - startedAt,
    });
  }

  private whoOf({ channel, credential, upstreamModel }: Route) {
    const { id: channelId } = channel;
    const { id: credentialId, preview } = credential;
    const model = this.earlier > 0 || this.request.named !== undefined ? { model: upstreamModel } : {};
    return { channelId, credentialId, credential: preview, ...model };
  }

  /** Notes on the attempt just made what follows it. */
  note(step: string): void {
    const last = this.attempts.at(-1);
    if (last) this.attempts[this.attempts.length - 1] = { ...last, reason: `${last.reason ?? ''} → ${step}` };
    if (step === 'same-credential') this.repeated = true;
    if (step === 'stop') this.isStopped = true;
  }

  exclude(route: Route, wholeChannel: boolean, failure: Failure): void {
    if (failure.kind === 'rate_limited' || failure.kind === 'overloaded') this.limited.push(route);
    this.repeated = false;
    this.tried.credentials.add(route.credential.id);
    if (wholeChannel) this.tried.channels.add(route.channel.id);
  }

  /** Those whom only a limit kept from answering may be asked again, once they have rested. */
  forgive(): void {
    for (const { channel, credential } of this.limited.splice(0)) {
      this.tried.credentials.delete(credential.id);
      this.tried.channels.delete(channel.id);
    }
  }

  get hasLimited(): boolean {
    return this.limited.length > 0;
  }

  spent() {
    const { maxAttempts } = this.limits;
    return {
      attempts: this.attempts.length - this.earlier,
      maxAttempts,
      leftMs: this.patience(),
      repeated: this.repeated,
    };
  }

  /** Milliseconds left in which an answer has to begin. */
  patience(): number {
    const { beginsBy, endsBy } = this.limits;
    return Math.min(beginsBy, endsBy) - Date.now();
  }
}

export class HttpCall extends CallState {
  constructor(
    override readonly request: RelayRequest,
    readonly reply: Reply,
    story: Story,
    limits: Limits,
  ) {
    super(request, story, limits);
  }
}
