/** What an end-to-end test starts from: a simulated upstream, a gateway with a root account, and ways to give each test its own. */
import OpenAI, { type ClientOptions } from 'openai';
import {
  AdminApi,
  type ApiKey,
  type Channel,
  type Gateway,
  type GatewayOptions,
  setupRoot,
  startGateway,
  until,
  type UsageRow,
  type User,
} from './gateway';
import { startSimulator } from './simulator/simulator.mjs';

export type Simulator = Awaited<ReturnType<typeof startSimulator>>;
export type UpstreamRequest = ReturnType<Simulator['requests']>[number];

/** USD per million tokens, large so that a few tokens make a visible sum: 1 token in costs $0.001, one out $0.002. */
export const PRICES = { inputPerMTok: 1_000, outputPerMTok: 2_000 };

export interface UpstreamInput {
  /** Script words of each credential (`429-retry-2`, or any label); the name is made unique. */
  readonly keys?: readonly string[];
  readonly priority?: number;
  readonly groups?: readonly string[];
  readonly provider?: string;
  readonly protocols?: readonly string[];
  readonly settings?: object;
  /** Default: the simulator's, with `/v1`. */
  readonly baseUrl?: string;
}

/** A model of its own, and who serves it. */
export interface Served {
  readonly model: string;
  readonly channels: readonly Channel[];
  /** Full credentials, per channel. */
  readonly credentials: readonly (readonly string[])[];
  /** Requests for this model that reached the simulator. */
  seen(): UpstreamRequest[];
}

export interface Account {
  readonly user: User;
  readonly api: AdminApi;
  readonly key: ApiKey;
}

/** Opens a world before the tests of a file or `describe`, and closes it after them, also when a hook failed on the way. */
export function useWorld(prepare: (world: World) => void | Promise<void>, options?: GatewayOptions): void {
  let opening: Promise<World> | undefined;
  beforeAll(async () => {
    opening = World.start(options);
    await prepare(await opening);
  });
  afterAll(async () => {
    const opened = await opening?.catch(() => undefined);
    await opened?.close();
  });
}

export class World {
  private count = 0;

  private constructor(
    readonly simulator: Simulator,
    readonly gateway: Gateway,
    readonly api: AdminApi,
    /** A key of root's, without limits. */
    readonly key: string,
  ) {}

  static async start(options?: GatewayOptions): Promise<World> {
    const simulator = await startSimulator();
    try {
      const gateway = await startGateway(options);
      const api = await setupRoot(gateway.url);
      await api.adjust((await api.me()).id, 1_000_000);
      return new World(simulator, gateway, api, (await api.createKey({ name: 'world' })).key);
    } catch (error) {
      await simulator.close();
      throw error;
    }
  }

  /** The same world seen through another node. */
  through(gateway: Gateway): World {
    return new World(this.simulator, gateway, new AdminApi(gateway.url, this.api.token), this.key);
  }

  async close(): Promise<void> {
    await this.gateway.discard();
    await this.simulator.close();
  }

  get url(): string {
    return this.gateway.url;
  }

  openai(apiKey = this.key, options: ClientOptions = {}): OpenAI {
    return new OpenAI({ baseURL: `${this.url}/v1`, apiKey, maxRetries: 0, timeout: 30_000, ...options });
  }

  label(): string {
    return `t${++this.count}`;
  }

  /** A model with the script, priced, served by one channel for each input. */
  async serve(
    script: string,
    upstreams: readonly UpstreamInput[] = [{}],
    prices: Record<string, number> = PRICES,
  ): Promise<Served> {
    const label = this.label();
    const model = `${script}@${label}`;
    await this.api.setPrice(model, prices);
    const credentials = upstreams.map(({ keys = ['good'] }, channel) =>
      keys.map((words, key) => `sim-key-${words}@${label}.${channel}.${key}`),
    );
    const channels = [];
    for (const [index, { keys: _words, ...upstream }] of upstreams.entries()) {
      const input = { name: `${label}.${index}`, baseUrl: `${this.simulator.url}/v1`, ...upstream };
      channels.push(await this.api.createChannel({ ...input, keys: credentials[index] ?? [], models: [model] }));
    }
    return {
      model,
      channels,
      credentials,
      seen: () => this.simulator.requests().filter((request) => request.model === model),
    };
  }

  /** A user with money and a key of its own. */
  async account(balanceUsd: number, key: Record<string, unknown> = {}, group?: string): Promise<Account> {
    const login = { username: `user-${this.label()}`, password: 'a-long-enough-passphrase' };
    const user = await this.api.createUser({ ...login, ...(group && { group }) });
    if (balanceUsd > 0) await this.api.adjust(user.id, balanceUsd);
    const api = await this.api.login(login);
    return { user, api, key: await api.createKey(key) };
  }

  /** One plain chat over bare HTTP: status, headers and text as they came. */
  async chat(model: string, { key = this.key, text = 'hello there', ...fields }: ChatInput = {}): Promise<Raw> {
    return this.post(
      '/v1/chat/completions',
      JSON.stringify({ model, messages: [{ role: 'user', content: text }], ...fields }),
      key,
    );
  }

  async post(path: string, body: string | Uint8Array<ArrayBuffer>, key = this.key): Promise<Raw> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(30_000),
    });
    return raw(response);
  }

  async get(path: string, key: string | null = this.key): Promise<Raw> {
    return raw(
      await fetch(`${this.url}${path}`, {
        headers: key ? { authorization: `Bearer ${key}` } : {},
        signal: AbortSignal.timeout(30_000),
      }),
    );
  }

  /** The usage row of a request, which comes a little after the answer's end. */
  usage(requestId: string | null | undefined): Promise<UsageRow> {
    return until(`usage row of ${requestId}`, async () => (await this.api.usage({ requestId: requestId ?? '' }))[0]);
  }

  /** The row of the latest request for a model, where the caller never learnt its id. */
  usageOf(model: string): Promise<UsageRow> {
    return until(`usage row for ${model}`, async () => (await this.api.usage({ model }))[0]);
  }
}

export interface ChatInput {
  readonly key?: string;
  readonly text?: string;
  readonly [field: string]: unknown;
}

export interface Raw {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly requestId: string | null;
  /** The body as JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers of every shape
  json(): any;
}

async function raw(response: Response): Promise<Raw> {
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, requestId: headers.get('x-request-id'), json: () => JSON.parse(text) };
}

/** USD as integer nano-USD, so that sums compare exactly. */
export const nano = (usd: number): number => Math.round(usd * 1e9);

/** The words of a streamed answer's bytes, and whether it was closed properly. */
export function readSse(text: string): { events: string[]; said: string; done: boolean; errors: unknown[] } {
  const events = text.split('\n\n').filter((event) => event.startsWith('data:'));
  const data = events.map((event) => event.slice('data:'.length).trim());
  const chunks = data.filter((one) => one !== '[DONE]').map((one) => JSON.parse(one));
  return {
    events,
    said: chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? '').join(''),
    done: data.includes('[DONE]'),
    errors: chunks.filter((chunk) => chunk.error).map((chunk) => chunk.error),
  };
}
