import type { Follow } from '../chat/face';
import type { UpstreamCall } from '../transport/transport';
import type { NextCall } from './lane';

/** The rest of an answer is asked for as the call was, but for its content. */
export function followed(
  found: Follow | undefined,
  address: Omit<UpstreamCall, 'body' | 'dropped'>,
): NextCall | undefined {
  if (!found) return undefined;
  const { 'content-type': _type, ...headers } = address.headers;
  const { url, accept, afterMs, cancelUrl } = found;
  const bare = { ...address, headers: { ...headers, accept }, body: null, dropped: [] };
  const cancel = cancelUrl === undefined ? {} : { cancel: { ...bare, method: 'POST', url: cancelUrl } as const };
  return { call: { ...bare, method: 'GET', url }, afterMs, ...cancel };
}
