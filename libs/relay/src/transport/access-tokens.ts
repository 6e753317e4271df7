import { classifyUpstreamError, type TokenGrant } from '@app/providers';
import { numberAt, parseJson, textAt } from '../json';
import type { Failure } from '../relay.types';
import { networkFailure } from './network-failure';
import type { Fetched, UpstreamCall } from './transport';

const LIMITS = { deadlineMs: 10_000, maxBytes: 64 * 1024 };
/** A token is replaced so long before it ends. */
const EARLY_MS = 5 * 60_000;
const MOST_TOKENS = 1000;

type Fetch = (call: UpstreamCall, limits: typeof LIMITS) => Promise<Fetched>;

interface Known {
  readonly token: string;
  /** The credential it was got with. */
  readonly owner: string;
  /** Epoch milliseconds, both. */
  readonly since: number;
  readonly goodUntil: number;
}

/** Why no token could be had; the credential's failure. */
export class TokenRefused extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** Whose token it is, and through which proxy it is asked for. */
export interface Owner {
  readonly id: string;
  readonly proxy?: UpstreamCall['proxy'];
}

/** Short-lived tokens by credential and grant: each is asked for once, however many calls wait for it, and kept until shortly before its end. */
export class AccessTokens {
  private readonly known = new Map<string, Known>();
  private readonly asked = new Map<string, Promise<string>>();

  constructor(
    private readonly fetch: Fetch,
    private readonly now: () => number = Date.now,
  ) {}

  /** At once where one is known. Rejects with TokenRefused. */
  get(grant: TokenGrant, owner: Owner): string | Promise<string> {
    const key = `${owner.id} ${grant.key}`;
    const known = this.known.get(key);
    if (known && this.now() < known.goodUntil) return known.token;
    let asked = this.asked.get(key);
    if (!asked) {
      asked = this.ask(key, grant, owner).finally(() => this.asked.delete(key));
      this.asked.set(key, asked);
    }
    return asked;
  }

  /** Whether there was one of this owner, older than that. */
  forget(owner: string, since: number): boolean {
    const old = [...this.known].filter(([, known]) => known.owner === owner && known.since < since);
    for (const [key] of old) this.known.delete(key);
    return old.length > 0;
  }

  private async ask(key: string, grant: TokenGrant, owner: Owner): Promise<string> {
    const answer = await this.post(grant, owner);
    const body = parseJson(answer.body.toString('utf8'));
    const token = textAt(body, 'access_token');
    if (answer.status !== 200 || !token || !/^[\x21-\x7e]+$/.test(token)) throw new TokenRefused(refusal(answer, body));
    const lifeMs = (numberAt(body, 'expires_in') ?? 0) * 1000;
    if (this.known.size >= MOST_TOKENS) this.drop();
    const since = this.now();
    const goodUntil = since + Math.max(0, lifeMs - EARLY_MS);
    this.known.set(key, { token, owner: owner.id, since, goodUntil });
    return token;
  }

  private async post(grant: TokenGrant, { proxy }: Owner): Promise<Fetched> {
    const body = Buffer.from(grant.form(this.now()));
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    try {
      return await this.fetch({ method: 'POST', url: grant.url, headers, body, dropped: [], proxy }, LIMITS);
    } catch (error) {
      throw new TokenRefused(networkFailure(error as Error, false));
    }
  }

  /** The oldest: maps keep the order in which keys came. */
  private drop(): void {
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }
}

/** `{"error": "invalid_grant", "error_description": "…"}`; a 4xx is always the credential's fault, whatever it says. */
function refusal({ status, headers }: Fetched, body: unknown): Failure {
  const error = classifyUpstreamError({ provider: {}, status, headers: headers as Record<string, string>, body });
  const code = textAt(body, 'error') ?? error.code;
  const isRefused = status >= 400 && status < 500 && error.kind !== 'rate_limited' && error.kind !== 'timeout';
  const kind = isRefused ? 'credential_invalid' : error.kind;
  return { ...error, kind, status, code, message: `The credential got no access token: ${error.message}` };
}
