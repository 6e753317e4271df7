import { SessionStore } from './session-store';

const LOCK = 'one-api.session.refresh';
const tabs = new BroadcastChannel('one-api.session');

/** The session of this tab. */
export const session = new SessionStore({
  refresh: () => fetch('/api/auth/refresh', { method: 'POST' }),
  // The refresh cookie rotates and its reuse is treated as theft, so two tabs must not present the same one. Locks are
  // missing where the page is neither on HTTPS nor on localhost.
  exclusively: (work) => (navigator.locks ? navigator.locks.request(LOCK, work) : work()),
  announceEnd: () => tabs.postMessage('ended'),
});

tabs.onmessage = () => session.endHere();
