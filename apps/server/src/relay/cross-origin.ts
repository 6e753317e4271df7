import type { Call } from './relay.listener';

/** API keys travel in headers, never in cookies, so any page that was given a key may call: the vendors allow the same. */
export const openToAnyOrigin = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' } as const;

export function answerPreflight({ res, headers }: Call): void {
  res.writeHead(204, {
    ...headers,
    'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
    'access-control-allow-headers': '*, authorization',
    'access-control-max-age': '86400',
  });
  res.end();
}
