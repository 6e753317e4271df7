import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock, DomainError, messageOf, newId, notFound } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { FreshCache } from '../fresh-cache';
import type { UsersEvents } from '../users.events';
import type { Role } from '../users/roles';
import type { User } from '../users/user.entity';
import { ACCESS_TOKEN, AccessTokens } from './access-tokens';
import { RefreshTokens } from './refresh-tokens';
import type { SessionEntity } from './session.entity';
import { SessionRepository } from './session.repository';

/** Who is signed in. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly group: string;
  readonly sessionId: string;
}

/** From where. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string;
}

/** What a sign-in or a refresh gives. */
export interface SignedIn {
  readonly user: User;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly accessSeconds: number;
  readonly refreshToken: string;
  /** Epoch milliseconds. */
  readonly refreshExpiresAt: number;
}

interface Standing {
  readonly principal: Principal;
  readonly expiresAt: number;
}

const DAY_MS = 86_400_000;
/** A session ends when it was not refreshed for this long. */
const IDLE_MS = 30 * DAY_MS;
/** Two tabs that refresh at once present the same token: the second one is answered, not punished, for this long. */
const GRACE_MS = 10_000;
const MAX_SESSIONS_PER_USER = 50;
const MAX_CACHED = 10_000;
const CLEAN_MS = 3_600_000;

@Injectable()
export class SessionService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sessions');
  private readonly standing: FreshCache<Standing>;
  private readonly subscriptions: (() => void)[] = [];
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.standing = new FreshCache({
      max: MAX_CACHED,
      refreshAfterMs: 30_000,
      absentForMs: 5_000,
      clock,
      load: (sessionId) => this.load(sessionId),
    });
  }

  onModuleInit(): void {
    this.subscriptions.push(
      this.bus.subscribe('sessions.changed', (payload) => {
        const { sessionId } = payload as UsersEvents['sessions.changed']; // only this class publishes it
        this.standing.invalidate(sessionId);
      }),
      this.bus.subscribe('users.changed', (payload) => {
        const { userId } = payload as UsersEvents['users.changed']; // only UserService publishes it
        this.standing.invalidateWhere(({ principal }) => principal.userId === userId);
      }),
    );
    // Every node cleans: deleting what has run out twice does no harm.
    this.timer = setInterval(() => void this.clean(), CLEAN_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const unsubscribe of this.subscriptions) unsubscribe();
  }

  /** Begins a session. The caller has checked who it is for. */
  async open(user: User, { ip, userAgent }: Client): Promise<SignedIn> {
    const now = this.clock.now();
    const session: SessionEntity = {
      id: newId(),
      userId: user.id,
      generation: 1,
      rotatedAt: now,
      ip,
      userAgent: userAgent.slice(0, 255),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + IDLE_MS,
    };
    const ended = await this.sessions.insert(session, MAX_SESSIONS_PER_USER);
    for (const sessionId of ended) await this.bus.publish('sessions.changed', { sessionId });
    return this.signedIn(user, session.id, session.generation, session.expiresAt);
  }

  /** The session behind an access token; null when it has ended or its user may not sign in any more. */
  async principal(sessionId: string): Promise<Principal | null> {
    const standing = await this.standing.get(sessionId);
    return standing !== null && standing.expiresAt > this.clock.now() ? standing.principal : null;
  }

  /** Trades a refresh token for the next. One that was traded before ends its session: somebody has a copy of it. */
  async refresh(text: string, client: Client): Promise<SignedIn> {
    const token = this.refreshTokens.read(text);
    const found = token && (await this.sessions.find(token.sessionId));
    const now = this.clock.now();
    if (!token || !found || found.session.expiresAt <= now || found.user.status !== 'active') throw over();
    const { session, user } = found;
    if (token.generation === session.generation) return this.rotate(session, user, client);
    if (token.generation > session.generation) throw over();
    const follower = token.generation === session.generation - 1 && now - session.rotatedAt <= GRACE_MS;
    if (follower) return this.signedIn(user, session.id, session.generation, session.expiresAt);
    await this.end(session.id);
    this.logger.warn(`refresh token of session ${session.id} used again from ${client.ip}: session ended`);
    throw over();
  }

  list(userId: string): Promise<SessionEntity[]> {
    return this.sessions.list(userId, this.clock.now());
  }

  /** Ends a session of the user; `not_found` for anybody else's. */
  async revoke(userId: string, sessionId: string): Promise<void> {
    if (!(await this.sessions.delete(sessionId, userId))) throw notFound('session');
    await this.bus.publish('sessions.changed', { sessionId });
  }

  /** Signs out whoever holds these tokens. Tokens that are worth nothing end nothing, which is no error. */
  async close(tokens: { readonly refreshToken?: string; readonly accessToken?: string }): Promise<void> {
    const byRefresh = this.refreshTokens.read(tokens.refreshToken ?? '')?.sessionId;
    const byAccess = this.accessTokens.read(tokens.accessToken ?? '')?.sid;
    for (const sessionId of new Set([byRefresh, byAccess])) if (sessionId !== undefined) await this.end(sessionId);
  }

  private async rotate(session: SessionEntity, user: User, { ip, userAgent }: Client): Promise<SignedIn> {
    const at = this.clock.now();
    const expiresAt = at + IDLE_MS;
    const { id, generation } = session;
    const won = await this.sessions.rotate(id, { generation, at, expiresAt, ip, userAgent: userAgent.slice(0, 255) });
    // Lost against another tab a moment ago, or against the end of the session.
    if (!won && !(await this.sessions.find(id))) throw over();
    return this.signedIn(user, id, generation + 1, expiresAt);
  }

  private signedIn(user: User, sessionId: string, generation: number, refreshExpiresAt: number): SignedIn {
    return {
      user,
      sessionId,
      accessToken: this.accessTokens.issue({ sub: user.id, sid: sessionId }),
      accessSeconds: ACCESS_TOKEN.seconds,
      refreshToken: this.refreshTokens.write({ sessionId, generation }),
      refreshExpiresAt,
    };
  }

  private async end(sessionId: string): Promise<void> {
    await this.sessions.delete(sessionId);
    await this.bus.publish('sessions.changed', { sessionId });
  }

  private async load(sessionId: string): Promise<Standing | null> {
    const found = await this.sessions.find(sessionId);
    if (found === null || found.user.status !== 'active') return null;
    const { session, user } = found;
    const principal = { userId: user.id, username: user.username, role: user.role, group: user.group, sessionId };
    return { principal: Object.freeze(principal), expiresAt: session.expiresAt };
  }

  private async clean(): Promise<void> {
    try {
      await this.sessions.deleteExpired(this.clock.now());
    } catch (error) {
      this.logger.warn(`ended sessions not deleted yet: ${messageOf(error)}`);
    }
  }
}

const over = () => new DomainError('unauthorized', 'the session is over: sign in again');
