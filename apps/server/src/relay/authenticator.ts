import type { IncomingMessage } from 'node:http';
import { ENV, type Env } from '@app/platform/env';
import { RelayError } from '@app/relay';
import { ApiKeyRing, type AuthResult, type Caller } from '@app/users';
import { Inject, Injectable } from '@nestjs/common';
import { type AddressReader, addressReader } from './client-address';
import type { Call } from './relay.listener';

const reasons: Readonly<Record<Exclude<AuthResult, { ok: true }>['reason'], string>> = {
  unknown: 'The API key is not valid.',
  disabled: 'This API key has been disabled.',
  expired: 'This API key has expired.',
  user_disabled: 'The account of this API key has been disabled.',
};

/** What a key is looked for in. */
export type Knock = Pick<Call, 'req' | 'location'>;

/** A caller with the address it calls from. */
export interface KnownCaller {
  readonly caller: Caller;
  readonly ip: string;
}

/** Who calls, from a key wherever the protocol's own SDK puts it. */
@Injectable()
export class Authenticator {
  private readonly addressOf: AddressReader;

  constructor(
    @Inject(ENV) env: Env,
    private readonly ring: ApiKeyRing,
  ) {
    this.addressOf = addressReader(env.trustProxy);
  }

  /** Throws 401 or 403. Synchronous for keys in memory. */
  authenticate(call: Knock): KnownCaller | Promise<KnownCaller> {
    const key = presentedKey(call);
    if (!key) {
      throw new RelayError(
        'invalid_api_key',
        'No API key was sent. Put it into the Authorization header: "Bearer sk-…".',
      );
    }
    return this.judged(call, this.ring.authenticate(key));
  }

  /** The owner of the key with this hash, who has been let in before. Throws as `authenticate`. */
  authenticateHash(call: Knock, keyHash: string): KnownCaller | Promise<KnownCaller> {
    return this.judged(call, this.ring.authenticateHash(keyHash));
  }

  private judged(call: Knock, result: AuthResult | Promise<AuthResult>): KnownCaller | Promise<KnownCaller> {
    return result instanceof Promise ? this.looked(call, result) : this.admit(call, result);
  }

  private async looked(call: Knock, result: Promise<AuthResult>): Promise<KnownCaller> {
    try {
      return this.admit(call, await result);
    } catch (error) {
      if (error instanceof RelayError) throw error;
      throw new RelayError('unavailable', 'The key cannot be checked right now.', {
        retryAfterMs: 2_000,
        cause: error,
      });
    }
  }

  private admit(call: Knock, result: AuthResult): KnownCaller {
    if (!result.ok) throw new RelayError('invalid_api_key', reasons[result.reason]);
    const ip = this.addressOf(call.req);
    if (result.caller.allowedIps && !result.caller.allowedIps.allows(ip)) {
      throw new RelayError('ip_not_allowed', `This API key may not be used from ${ip}.`);
    }
    return { caller: result.caller, ip };
  }
}

/** The key a call brings, wherever it may stand. */
export function presentedKey({ req, location: { query } }: Knock): string | undefined {
  const { authorization } = req.headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) return authorization.slice(7).trim();
  return headerText(req, 'x-api-key') ?? headerText(req, 'x-goog-api-key') ?? queryKey(query) ?? protocolKey(req);
}

function headerText(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const queryKey = (query: string): string | undefined =>
  query.includes('key=') ? (new URLSearchParams(query).get('key') ?? undefined) : undefined;

/** A page in a browser can give a WebSocket no headers: OpenAI lets it name its key among the sub-protocols. */
function protocolKey(req: IncomingMessage): string | undefined {
  const offered = req.headers['sec-websocket-protocol'];
  return offered === undefined ? undefined : /(?:^|,)\s*openai-insecure-api-key\.([^\s,]+)/.exec(offered)?.[1];
}
