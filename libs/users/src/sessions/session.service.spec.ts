import { randomBytes } from 'node:crypto';
import { SecretBox } from '@app/platform/secrets';
import { LocalBus } from '../../../../test/support/local-bus';
import type { User } from '../users/user.entity';
import { AccessTokens } from './access-tokens';
import { RefreshTokens } from './refresh-tokens';
import type { SessionEntity } from './session.entity';
import type { Rotation, SessionRepository } from './session.repository';
import { SessionService } from './session.service';

const client = { ip: '10.0.0.1', userAgent: 'jest' };
const over = expect.objectContaining({ code: 'unauthorized' }) as Error;

/** The repository's promises over a map. */
class FakeSessions {
  readonly rows = new Map<string, SessionEntity>();
  reads = 0;
  user: User = {
    id: 'u1',
    username: 'alice',
    email: null,
    role: 'user',
    status: 'active',
    group: 'default',
    createdAt: 0,
    updatedAt: 0,
  };

  async insert(session: SessionEntity, keep: number) {
    const ended = [...this.rows.keys()].slice(0, Math.max(0, this.rows.size - keep + 1));
    for (const id of ended) this.rows.delete(id);
    this.rows.set(session.id, session);
    return ended;
  }

  async find(id: string) {
    this.reads++;
    const session = this.rows.get(id);
    return session ? { session: { ...session }, user: this.user } : null;
  }

  async list(userId: string) {
    return [...this.rows.values()].filter((row) => row.userId === userId);
  }

  async rotate(id: string, { generation, at, ...rest }: Rotation) {
    const row = this.rows.get(id);
    if (row?.generation !== generation) return false;
    this.rows.set(id, { ...row, ...rest, generation: generation + 1, rotatedAt: at, lastSeenAt: at });
    return true;
  }

  async delete(id: string, userId?: string) {
    return (userId === undefined || this.rows.get(id)?.userId === userId) && this.rows.delete(id);
  }
}

function setUp() {
  const clock = { time: Date.now(), now: () => clock.time };
  const box = new SecretBox([randomBytes(32)]);
  const sessions = new FakeSessions();
  const bus = new LocalBus();
  const access = new AccessTokens(box, clock);
  const node = () => {
    const service = new SessionService(
      sessions as unknown as SessionRepository,
      access,
      new RefreshTokens(box),
      bus,
      clock,
    );
    service.onModuleInit();
    nodes.push(service);
    return service;
  };
  return { clock, sessions, bus, access, node, service: node() };
}

const nodes: SessionService[] = [];
afterEach(() => nodes.splice(0).forEach((node) => node.beforeApplicationShutdown()));

describe('access tokens', () => {
  it('name the session, for ten minutes', async () => {
    const { service, access, clock, sessions } = setUp();
    const { accessToken, accessSeconds, sessionId } = await service.open(sessions.user, client);
    expect(accessSeconds).toBe(600);
    expect(access.read(accessToken)).toMatchObject({ sub: 'u1', sid: sessionId });
    clock.time += 601_000;
    expect(access.read(accessToken)).toBeNull();
  });

  it('of another signer, without a signature or with another algorithm are nothing', () => {
    const { access } = setUp();
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { sub: 'u1', sid: 's', iss: 'one-api', exp: Date.now() };
    expect(access.read(`${encode({ alg: 'none' })}.${encode(claims)}.`)).toBeNull();
    expect(
      access.read(new AccessTokens(new SecretBox([randomBytes(32)]), { now: Date.now }).issue({ sub: 'u1', sid: 's' })),
    ).toBeNull();
    expect(access.read('')).toBeNull();
  });
});

describe('a session', () => {
  it('is looked up once, then stands in memory', async () => {
    const { service, sessions } = setUp();
    const { sessionId } = await service.open(sessions.user, client);
    const principal = { userId: 'u1', username: 'alice', role: 'user', group: 'default', sessionId };
    expect(await service.principal(sessionId)).toEqual(principal);
    expect(await service.principal(sessionId)).toEqual(principal);
    expect(sessions.reads).toBe(1);
  });

  it('that was revoked is over on every node', async () => {
    const { service, node, sessions } = setUp();
    const other = node();
    const { sessionId } = await service.open(sessions.user, client);
    await other.principal(sessionId);
    await service.revoke('u1', sessionId);
    expect(await other.principal(sessionId)).toBeNull();
    expect(await service.principal(sessionId)).toBeNull();
  });

  it('of somebody else cannot be revoked, nor told from none', async () => {
    const { service, sessions } = setUp();
    const { sessionId } = await service.open(sessions.user, client);
    await expect(service.revoke('u2', sessionId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await service.principal(sessionId)).not.toBeNull();
  });

  it('of a user who was disabled is worth nothing at once', async () => {
    const { service, sessions, bus } = setUp();
    const { sessionId, refreshToken } = await service.open(sessions.user, client);
    await service.principal(sessionId);
    sessions.user = { ...sessions.user, status: 'disabled' };
    await bus.publish('users.changed', { userId: 'u1' });
    expect(await service.principal(sessionId)).toBeNull();
    await expect(service.refresh(refreshToken, client)).rejects.toThrow(over);
  });

  it('carries a changed role from the next request on', async () => {
    const { service, sessions, bus } = setUp();
    const { sessionId } = await service.open(sessions.user, client);
    await service.principal(sessionId);
    sessions.user = { ...sessions.user, role: 'admin' };
    await bus.publish('users.changed', { userId: 'u1' });
    expect(await service.principal(sessionId)).toMatchObject({ role: 'admin' });
  });

  it('ends after thirty days without a refresh', async () => {
    const { service, sessions, clock } = setUp();
    const { sessionId, refreshToken } = await service.open(sessions.user, client);
    await service.principal(sessionId);
    clock.time += 30 * 86_400_000;
    expect(await service.principal(sessionId)).toBeNull();
    await expect(service.refresh(refreshToken, client)).rejects.toThrow(over);
  });

  it('makes room for the fifty-first by ending the oldest', async () => {
    const { service, sessions } = setUp();
    const first = await service.open(sessions.user, client);
    await service.principal(first.sessionId);
    for (let i = 0; i < 50; i++) await service.open(sessions.user, client);
    expect(sessions.rows.size).toBe(50);
    expect(await service.principal(first.sessionId)).toBeNull();
  });

  it('is closed by either of its tokens, and closing nothing is no error', async () => {
    const { service, sessions } = setUp();
    const one = await service.open(sessions.user, client);
    const two = await service.open(sessions.user, client);
    await service.close({ refreshToken: one.refreshToken, accessToken: two.accessToken });
    expect(sessions.rows.size).toBe(0);
    await expect(service.close({ refreshToken: 'x', accessToken: 'y' })).resolves.toBeUndefined();
  });
});

describe('refreshing', () => {
  it('gives a new refresh token each time', async () => {
    const { service, sessions, clock } = setUp();
    const first = await service.open(sessions.user, client);
    clock.time += 60_000;
    const second = await service.refresh(first.refreshToken, client);
    clock.time += 60_000;
    const third = await service.refresh(second.refreshToken, client);
    expect(new Set([first, second, third].map((one) => one.refreshToken)).size).toBe(3);
    expect(new Set([first, second, third].map((one) => one.sessionId)).size).toBe(1);
  });

  it('with a token that was used before ends the session for whoever holds it', async () => {
    const { service, sessions, clock } = setUp();
    const first = await service.open(sessions.user, client);
    const second = await service.refresh(first.refreshToken, client);
    await service.principal(first.sessionId);
    clock.time += 10_001;
    await expect(service.refresh(first.refreshToken, client)).rejects.toThrow(over);
    await expect(service.refresh(second.refreshToken, client)).rejects.toThrow(over);
    expect(await service.principal(first.sessionId)).toBeNull();
  });

  it('with a token two generations old ends the session, however fast', async () => {
    const { service, sessions } = setUp();
    const first = await service.open(sessions.user, client);
    const second = await service.refresh(first.refreshToken, client);
    await service.refresh(second.refreshToken, client);
    await expect(service.refresh(first.refreshToken, client)).rejects.toThrow(over);
    expect(sessions.rows.size).toBe(0);
  });

  it('from two tabs at once leaves both with the same next token', async () => {
    const { service, sessions } = setUp();
    const first = await service.open(sessions.user, client);
    const tabs = await Promise.all([1, 2, 3].map(() => service.refresh(first.refreshToken, client)));
    expect(new Set(tabs.map((tab) => tab.refreshToken)).size).toBe(1);
    await expect(service.refresh(tabs[2]!.refreshToken, client)).resolves.toMatchObject({ sessionId: first.sessionId });
  });

  it('with a forged token of an old generation harms nobody', async () => {
    const { service, sessions } = setUp();
    const first = await service.open(sessions.user, client);
    const second = await service.refresh(first.refreshToken, client);
    const forged = `${first.sessionId}.1.${'A'.repeat(43)}`;
    await expect(service.refresh(forged, client)).rejects.toThrow(over);
    await expect(service.refresh(second.refreshToken, client)).resolves.toBeDefined();
  });

  it('lengthens the session and notes from where', async () => {
    const { service, sessions, clock } = setUp();
    const { refreshToken, sessionId, refreshExpiresAt } = await service.open(sessions.user, client);
    clock.time += 86_400_000;
    const next = await service.refresh(refreshToken, { ip: '10.0.0.2', userAgent: 'x'.repeat(1_000) });
    expect(next.refreshExpiresAt).toBe(refreshExpiresAt + 86_400_000);
    expect(sessions.rows.get(sessionId)).toMatchObject({
      ip: '10.0.0.2',
      userAgent: 'x'.repeat(255),
      lastSeenAt: clock.time,
    });
  });
});
