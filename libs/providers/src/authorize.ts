import type { RequestSettings } from './protocol';

/** A call that lacks nothing but its credential. Header names are lower case. */
export interface ReadyCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** What a record may use to authorise a call. */
export interface Authority {
  readonly credential: string;
  readonly settings: RequestSettings;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The token a long-lived secret is exchanged for; at once while the last one is good. Rejects where the exchange fails. */
  token(grant: TokenGrant): string | Promise<string>;
}

/** Headers that authorise the call, in lower case; they hold secrets. Throws InvalidCredential. */
export type Authorize = (
  call: ReadyCall,
  authority: Authority,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How to exchange a secret for a token. */
export interface TokenGrant {
  /** The same for the same secret at the same place; no secret itself. */
  readonly key: string;
  readonly url: string;
  /** The form that asks for a token, signed now. Throws InvalidCredential. */
  form(now: number): string;
}

/** The credential is not what its provider takes. The message holds nothing of it. */
export class InvalidCredential extends Error {
  override readonly name = 'InvalidCredential';
}

/** A credential as it is stored and shown, or what is wrong with it. `secret` is one line of printable ASCII. */
export type CheckedCredential = { readonly secret: string; readonly preview?: string } | { readonly problem: string };

export type CheckCredential = (text: string, settings: RequestSettings) => CheckedCredential;
