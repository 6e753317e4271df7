import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { messageOf } from '@app/core';
import { isRefusedAddress, type Reach } from './addresses';

export interface GuardedRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body, decompressed never: no encoding is asked for. */
  readonly maxBytes: number;
  /** For everything, redirects included. */
  readonly timeoutMs: number;
  /** Default: `public`. */
  readonly reach?: Reach;
}

export interface GuardedResponse {
  /** 2xx. */
  readonly status: number;
  /** Where the last redirect led. */
  readonly url: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Why there is no body, in words for whoever named the address; they tell nothing of the network behind it. */
export class GuardedHttpError extends Error {
  constructor(
    readonly code: 'address_refused' | 'invalid_url' | 'status' | 'too_large' | 'timeout' | 'redirects' | 'network',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'GuardedHttpError';
  }
}

const MAX_REDIRECTS = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * GET of an address that somebody other than the operator of this machine may have named. The address that was checked is the one
 * that is connected to, so a name cannot change its mind in between. Throws GuardedHttpError.
 */
export async function guardedGet({ reach = 'public', ...wanted }: GuardedRequest): Promise<GuardedResponse> {
  const signal = AbortSignal.timeout(wanted.timeoutMs);
  const agent = new Agent({ connect: { lookup: guardedLookup(reach), timeout: wanted.timeoutMs }, pipelining: 1 });
  try {
    return await follow(agent, reach, wanted, signal);
  } catch (error) {
    throw asGuarded(error, signal);
  } finally {
    await agent.destroy().catch(() => undefined);
  }
}

async function follow(
  agent: Agent,
  reach: Reach,
  wanted: GuardedRequest,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  let url = checked(wanted.url, reach);
  let headers = wanted.headers ?? {};
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await request(url, {
      dispatcher: agent,
      signal,
      headers: { 'accept-encoding': 'identity', ...headers },
    });
    const { location } = answer.headers;
    if (!redirects.has(answer.statusCode) || typeof location !== 'string') return read(answer, url, wanted.maxBytes);
    drop(answer.body);
    const next = checked(new URL(location, url).href, reach);
    // A secret is for the host it was meant for.
    if (next.origin !== url.origin) headers = {};
    url = next;
  }
  throw new GuardedHttpError('redirects', `more than ${MAX_REDIRECTS} redirects`);
}

/** undici reports its own end as an error. */
function drop(body: Answer['body']): void {
  body.on('error', () => undefined).destroy();
}

type Answer = Awaited<ReturnType<typeof request>>;

async function read({ statusCode, headers, body }: Answer, url: URL, maxBytes: number): Promise<GuardedResponse> {
  if (statusCode < 200 || statusCode > 299) {
    drop(body);
    throw new GuardedHttpError('status', `answered with status ${statusCode}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      drop(body);
      throw new GuardedHttpError('too_large', `is larger than ${Math.floor(maxBytes / 1024)} KiB`);
    }
    chunks.push(chunk);
  }
  const type = headers['content-type'];
  return {
    status: statusCode,
    url: url.href,
    contentType: typeof type === 'string' ? type : '',
    body: Buffer.concat(chunks),
  };
}

function checked(text: string, reach: Reach): URL {
  if (!URL.canParse(text)) throw new GuardedHttpError('invalid_url', 'is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new GuardedHttpError('invalid_url', 'must be http or https');
  if (url.username !== '' || url.password !== '')
    throw new GuardedHttpError('invalid_url', 'must not hold credentials');
  // Names are looked at when they are resolved; an address written down is not.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isRefusedAddress(host, reach)) throw refusedAddress();
  return url;
}

type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

const guardedLookup =
  (reach: Reach) =>
  (hostname: string, options: LookupOptions, done: Done): void =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      // One bad address among good ones is an attempt, not an accident.
      if (addresses.some(({ address }) => isRefusedAddress(address, reach))) return done(refusedAddress(), []);
      const [first] = addresses;
      if (options.all || !first) done(null, addresses);
      else done(null, first.address, first.family);
    });

const refusedAddress = () =>
  new GuardedHttpError('address_refused', 'leads to an address that must not be called from here');

function asGuarded(error: unknown, signal: AbortSignal): GuardedHttpError {
  if (error instanceof GuardedHttpError) return error;
  if (signal.aborted) return new GuardedHttpError('timeout', 'took too long', { cause: error });
  return new GuardedHttpError('network', `cannot be reached (${codeOf(error)})`, { cause: error });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : messageOf(error).slice(0, 100);
