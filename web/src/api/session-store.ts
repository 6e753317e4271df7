import { ApiError, problemOf } from './problem';
import type { SessionGrant, User } from './types';

export type SessionState =
  | { readonly status: 'unknown' | 'anonymous'; readonly user: null }
  | { readonly status: 'authenticated'; readonly user: User };

interface Token {
  readonly value: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface SessionPorts {
  /** Presents the refresh cookie. */
  refresh(): Promise<Response>;
  /** Runs one piece of work at a time over all tabs. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Tells the other tabs that the session is over. */
  announceEnd(): void;
}

/** A token this close to its end is renewed before it is used. */
const EARLY_MS = 10_000;

/**
 * Who is signed in, and the access token. The token lives in this object only: never in storage, never in a URL. A reload
 * gets a new one through the HttpOnly refresh cookie.
 */
export class SessionStore {
  #state: SessionState = { status: 'unknown', user: null };
  #token: Token | null = null;
  #renewal: Promise<boolean> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly ports: SessionPorts) {}

  readonly get = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  begin({ accessToken, expiresIn, user }: SessionGrant): void {
    this.#token = { value: accessToken, expiresAt: Date.now() + expiresIn * 1000 };
    this.#become({ status: 'authenticated', user });
  }

  updateUser(user: User): void {
    if (this.#state.status === 'authenticated') this.#become({ status: 'authenticated', user });
  }

  /** Forgets the session here and in the other tabs. The caller has already told the server. */
  end(): void {
    this.ports.announceEnd();
    this.endHere();
  }

  endHere(): void {
    this.#token = null;
    this.#become({ status: 'anonymous', user: null });
  }

  /** A token that is good for the next request, or null when nobody is signed in. */
  async freshToken(): Promise<string | null> {
    if (this.#token && this.#token.expiresAt - Date.now() < EARLY_MS) await this.renew();
    return this.#token?.value ?? null;
  }

  /**
   * Trades the refresh cookie for a new access token; false when it is refused. Calls at the same time share one exchange.
   * Throws an `ApiError` when the server could not tell: that ends no session.
   */
  renew(): Promise<boolean> {
    this.#renewal ??= this.ports
      .exclusively(() => this.#exchange())
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  async #exchange(): Promise<boolean> {
    const response = await this.ports.refresh().catch(() => {
      throw new ApiError(0, 'network', 'The server did not answer');
    });
    if (response.ok) {
      this.begin((await response.json()) as SessionGrant);
      return true;
    }
    if (response.status >= 500 || response.status === 429) throw await problemOf(response);
    this.endHere();
    return false;
  }

  #become(next: SessionState): void {
    this.#state = next;
    this.#listeners.forEach((listener) => listener());
  }
}
