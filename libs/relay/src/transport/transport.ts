import type { Readable } from 'node:stream';
import type { ProxyAddress } from '@app/channels';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '@app/config';
import { Agent, type Dispatcher } from 'undici';
import { guardedLookup } from './guarded-lookup';
import { relaySettings } from '../relay.settings';
import { Proxies } from './proxies';

/** Connections to one upstream host. Above it, calls wait for a free one until their first-byte deadline. */
const MAX_CONNECTIONS = 4096;
const KEEP_ALIVE_MS = 30_000;
/** Different deadlines for connecting that channels may have at a time. */
const MOST_DEADLINES = 64;

/** One HTTP request to an upstream. `headers` holds the credential: never log it. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is of the length that `content-length` says, and read once. */
  readonly body: Buffer | Readable | null;
  /** Request fields the upstream could not take. */
  readonly dropped: readonly string[];
  /** Absent or null: the upstream is called directly. */
  readonly proxy?: ProxyAddress | null;
  /** Instead of the general deadlines, milliseconds. */
  readonly timeouts?: { readonly connectMs?: number; readonly idleMs?: number };
}

/** An answer read whole. */
export interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Keeps connections to the upstreams and hands calls to them. Deadlines other than connect and idle belong to the exchange. */
@Injectable()
export class Transport implements OnApplicationShutdown {
  private agent: Agent | null = null;
  private proxies: Proxies | null = null;
  private readonly timed = new Map<number, Agent>();
  private idleMs = 0;

  constructor(private readonly settings: Settings) {
    settings.onChange('relay.timeout', () => this.renew());
  }

  send(call: UpstreamCall, handler: Dispatcher.DispatchHandler): void {
    const agent = this.dispatcherFor(call);
    const { origin, path } = cut(call.url);
    agent.dispatch(
      {
        origin,
        path,
        method: call.method,
        headers: call.headers,
        body: call.body,
        headersTimeout: 0,
        bodyTimeout: call.timeouts?.idleMs ?? this.idleMs,
      },
      handler,
    );
  }

  /** Sends a call and reads its answer whole, for lists and probes. Rejects on a broken connection, a late or an oversized answer. */
  async fetch(
    call: UpstreamCall,
    limits: { readonly deadlineMs: number; readonly maxBytes: number },
  ): Promise<Fetched> {
    const agent = this.dispatcherFor(call);
    const { origin, path } = cut(call.url);
    const { method, headers, body } = call;
    const signal = AbortSignal.timeout(limits.deadlineMs);
    const answer = await agent.request({ origin, path, method, headers, body, signal });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limits.maxBytes) throw new Error('the answer is too large');
      chunks.push(chunk);
    }
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
  }

  async onApplicationShutdown(): Promise<void> {
    const timed = [...this.timed.values()].map((agent) => agent.destroy());
    await Promise.all([this.agent?.destroy(), this.proxies?.destroy(), ...timed]);
  }

  private dispatcherFor({ proxy, timeouts }: UpstreamCall): Dispatcher {
    if (timeouts?.connectMs !== undefined && !proxy) return this.connectingIn(timeouts.connectMs);
    return proxy ? this.proxied(proxy.url) : (this.agent ??= this.connect());
  }

  private proxied(url: string): Dispatcher {
    this.idleMs = this.settings.get(relaySettings['timeout.idleMs']);
    const timeout = this.settings.get(relaySettings['timeout.connectMs']);
    this.proxies ??= new Proxies({ connections: MAX_CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS, timeout });
    return this.proxies.through(url);
  }

  /** A pool for each deadline: there are few, and channels of one deadline share it. */
  private connectingIn(connectMs: number): Dispatcher {
    this.idleMs = this.settings.get(relaySettings['timeout.idleMs']);
    let agent = this.timed.get(connectMs);
    if (!agent) {
      const [oldest] = this.timed;
      if (this.timed.size >= MOST_DEADLINES && oldest) {
        this.timed.delete(oldest[0]);
        void oldest[1].close().catch(() => undefined);
      }
      this.timed.set(connectMs, (agent = agentWith(connectMs)));
    }
    return agent;
  }

  private connect(): Agent {
    this.idleMs = this.settings.get(relaySettings['timeout.idleMs']);
    const timeout = this.settings.get(relaySettings['timeout.connectMs']);
    return agentWith(timeout);
  }

  /** New deadlines hold for new connections; running calls end on the old ones, which then close. */
  private renew(): void {
    const previous = [this.agent, this.proxies];
    this.agent = null;
    this.proxies = null;
    for (const one of previous) void one?.close().catch(() => undefined);
  }
}

const agentWith = (timeout: number): Agent =>
  new Agent({
    connections: MAX_CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout, lookup: guardedLookup },
  });

/** Base URLs are stored as `new URL` writes them, so that the first slash behind the host ends the origin. */
function cut(url: string): { origin: string; path: string } {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash < 0 ? { origin: url, path: '/' } : { origin: url.slice(0, slash), path: url.slice(slash) };
}
