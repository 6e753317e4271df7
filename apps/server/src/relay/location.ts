import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol } from '@app/providers';

/** Where a data-plane request points: its path without the query, and the protocol whose error shape its caller expects. */
export interface Location {
  readonly path: string;
  readonly query: string;
  readonly protocol: Protocol;
  /** The path holds empty, `.` or `..` segments, which no client of these protocols sends. */
  readonly crooked: boolean;
}

const planes = ['v1', 'v1beta', 'mj', 'suno'];
const crookedPath = /\/\/|\/\.{1,2}(\/|$)|%2e|%2f%2f|\\/i;

/** Also true for `//v1/..` and the like: they are refused in a protocol's shape, not handed to another plane. */
export function isDataPlane(url: string): boolean {
  const first = /^\/*([^/?#]*)/.exec(url)?.[1] ?? '';
  return planes.includes(first);
}

export function locate(url: string, headers: IncomingHttpHeaders): Location {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return {
    path,
    query: mark < 0 ? '' : url.slice(mark + 1),
    protocol: protocolOf(path, headers),
    crooked: crookedPath.test(path),
  };
}

function protocolOf(path: string, headers: IncomingHttpHeaders): Protocol {
  if (path.startsWith('/v1beta/')) return 'gemini';
  if (path.startsWith('/v1/messages')) return 'anthropic-messages';
  // The same path lists models to both SDKs.
  if (path.startsWith('/v1/models') && headers['anthropic-version'] !== undefined) return 'anthropic-messages';
  if (path.startsWith('/v1/responses')) return 'openai-responses';
  return 'openai-chat';
}
