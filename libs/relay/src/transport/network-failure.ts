import type { Failure } from '../relay.types';

interface SystemError extends Error {
  readonly code?: string;
  /** undici tells how much a broken socket had carried. */
  readonly socket?: { readonly bytesRead?: number };
}

const known: Readonly<Record<string, Pick<Failure, 'kind' | 'code' | 'message'>>> = {
  UND_ERR_CONNECT_TIMEOUT: {
    kind: 'timeout',
    code: 'connect_timeout',
    message: 'The upstream could not be reached in time.',
  },
  UND_ERR_BODY_TIMEOUT: {
    kind: 'timeout',
    code: 'idle_timeout',
    message: 'The upstream fell silent in the middle of its answer.',
  },
  ENOTFOUND: { kind: 'network', code: 'dns_failure', message: "The upstream's host name could not be resolved." },
  EAI_AGAIN: { kind: 'network', code: 'dns_failure', message: "The upstream's host name could not be resolved." },
  ECONNREFUSED: { kind: 'network', code: 'connection_refused', message: 'The upstream refused the connection.' },
};

/** A failure below HTTP. Its message never names the upstream's address. `answered`: a response head had arrived. */
export function networkFailure(error: Error, answered: boolean): Failure {
  const { code = '', socket } = error as SystemError;
  const found = known[code] ?? proxyRefusal(error.message);
  if (found) return { ...found, status: null };
  const stale =
    !answered &&
    (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') &&
    (socket?.bytesRead ?? 0) > 0;
  return {
    kind: 'network',
    status: null,
    code: 'connection_broken',
    message: `The connection to the upstream broke (${code || error.name}).`,
    ...(stale ? { stale } : {}),
  };
}

/** undici has no code for a proxy that opens no tunnel. */
function proxyRefusal(message: string): Pick<Failure, 'kind' | 'code' | 'message'> | undefined {
  const status = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  if (status === undefined) return undefined;
  return { kind: 'network', code: 'proxy_refused', message: `The channel's proxy refused the call (HTTP ${status}).` };
}

export const timedOut = (code: 'first_byte_timeout' | 'total_timeout'): Failure => ({
  kind: 'timeout',
  status: null,
  code,
  message:
    code === 'total_timeout' ? 'The call took longer than it may.' : 'The upstream did not begin its answer in time.',
});
