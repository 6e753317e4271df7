/** http: the one way to an address somebody else named: resolved and pinned, private ranges refused, redirects checked, bounded. */
export { isRefusedAddress, type Reach } from './addresses';
export { GuardedHttpError, guardedGet, type GuardedRequest, type GuardedResponse } from './guarded-get';
