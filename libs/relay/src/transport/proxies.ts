import { buildConnector, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici';
import { guardedLookup } from './guarded-lookup';

export interface ProxyOptions {
  readonly connections: number;
  readonly keepAliveTimeout: number;
  /** Milliseconds to reach the proxy. */
  readonly timeout: number;
}

/** More than this and the one least recently used is closed, once its calls have ended. */
const MOST_PROXIES = 100;

/** Connections through proxies, one pool for each address. The proxy, not the gateway, looks up the upstream's name. */
export class Proxies {
  private readonly agents = new Map<string, Dispatcher>();

  constructor(private readonly options: ProxyOptions) {}

  through(url: string): Dispatcher {
    const agent = this.agents.get(url) ?? this.connect(url);
    this.agents.delete(url);
    this.agents.set(url, agent);
    const [oldest] = this.agents.keys();
    if (this.agents.size > MOST_PROXIES && oldest !== undefined) {
      void this.agents.get(oldest)?.close();
      this.agents.delete(oldest);
    }
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.close()));
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
  }

  private connect(url: string): Dispatcher {
    const { connections, keepAliveTimeout, timeout } = this.options;
    const toProxy = { timeout, lookup: guardedLookup };
    if (url.startsWith('socks5:')) return new Socks5ProxyAgent(url, { connect: buildConnector(toProxy) });
    return new ProxyAgent({ uri: url, connections, keepAliveTimeout, pipelining: 1, proxyTls: toProxy });
  }
}
