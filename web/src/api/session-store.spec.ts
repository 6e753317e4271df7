import { SessionStore } from './session-store';
import type { SessionGrant } from './types';

const grant = { accessToken: 'fresh', expiresIn: 900, user: { id: 'u1' } } as SessionGrant;
const answering = (status: number) => jest.fn(async () => new Response(JSON.stringify(grant), { status }));

function sessionOver(refresh: () => Promise<Response>): SessionStore {
  return new SessionStore({ refresh, exclusively: (work) => work(), announceEnd: () => undefined });
}

describe('session', () => {
  it('presents the refresh cookie once however many calls want a token', async () => {
    const refresh = answering(200);
    const session = sessionOver(refresh);
    expect(await Promise.all([session.renew(), session.renew(), session.renew()])).toEqual([true, true, true]);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(await session.freshToken()).toBe('fresh');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('renews a token before it ends', async () => {
    const session = sessionOver(answering(200));
    session.begin({ ...grant, accessToken: 'old', expiresIn: 5 });
    expect(await session.freshToken()).toBe('fresh');
  });

  it('ends when the cookie is refused', async () => {
    const session = sessionOver(answering(401));
    expect(await session.renew()).toBe(false);
    expect(session.get()).toEqual({ status: 'anonymous', user: null });
    expect(await session.freshToken()).toBeNull();
  });

  it.each([429, 500, 503])('does not sign out because of a %i', async (status) => {
    const session = sessionOver(answering(status));
    session.begin(grant);
    await expect(session.renew()).rejects.toMatchObject({ status });
    expect(session.get().status).toBe('authenticated');
  });

  it('does not sign out because the network is away', async () => {
    const session = sessionOver(() => Promise.reject(new TypeError('offline')));
    session.begin(grant);
    await expect(session.renew()).rejects.toMatchObject({ status: 0, code: 'network' });
    expect(session.get().status).toBe('authenticated');
  });

  it('tells its listeners, until they leave', () => {
    const session = sessionOver(answering(200));
    const heard: string[] = [];
    const leave = session.subscribe(() => heard.push(session.get().status));
    session.begin(grant);
    session.end();
    leave();
    session.begin(grant);
    expect(heard).toEqual(['authenticated', 'anonymous']);
  });
});
