import type { Route } from '@app/channels';
import { type Authority, InvalidCredential, type ReadyCall } from '@app/providers';
import { Injectable } from '@nestjs/common';
import type { Failure } from '../relay.types';
import { AccessTokens, TokenRefused } from './access-tokens';
import { scrubFor } from './scrub';
import { Transport, type UpstreamCall } from './transport';

/** What becomes of a call that is being authorised. */
export interface Outcome {
  done(call: UpstreamCall): unknown;
  failed(failure: Failure): void;
}

/** Puts the credential to calls of providers where it is no header by itself. */
@Injectable()
export class Authorizer {
  private readonly tokens: AccessTokens;

  constructor(transport: Transport) {
    this.tokens = new AccessTokens((call, limits) => transport.fetch(call, limits));
  }

  /** At once, unless a token has to be asked for first. */
  authorize(route: Route, call: UpstreamCall, { done, failed }: Outcome): void {
    try {
      const headers = route.channel.provider.authorize?.(readyCall(call), this.authority(route)) ?? {};
      if (!(headers instanceof Promise)) return void done(withHeaders(call, headers));
      headers.then(
        (found) => done(withHeaders(call, found)),
        (error: unknown) => failed(failureOf(route, error)),
      );
    } catch (error) {
      failed(failureOf(route, error));
    }
  }

  /** The same for those who wait anyway. Rejects with TokenRefused. */
  ready(route: Route, call: UpstreamCall): Promise<UpstreamCall> {
    return new Promise((done, reject) => {
      this.authorize(route, call, { done, failed: (failure) => reject(new TokenRefused(failure)) });
    });
  }

  /**
   * The upstream refused the credential: a token made of it before `since` (epoch milliseconds) must not be shown again. Whether
   * there was one.
   */
  forget({ credential }: Route, since: number): boolean {
    return this.tokens.forget(credential.id, since);
  }

  private authority({ credential, channel }: Route): Authority {
    return {
      credential: credential.secret,
      settings: channel.settings,
      now: Date.now(),
      token: (grant) => this.tokens.get(grant, { id: credential.id, proxy: channel.proxy }),
    };
  }
}

/** Nothing that is streamed up goes to a provider that signs. */
const readyCall = (call: UpstreamCall): ReadyCall => ({
  ...call,
  body: Buffer.isBuffer(call.body) ? call.body : null,
});

/** The channel's own headers may not take the credential's place. */
const withHeaders = (call: UpstreamCall, headers: Readonly<Record<string, string>>): UpstreamCall => ({
  ...call,
  headers: { ...call.headers, ...headers },
});

function failureOf(route: Route, error: unknown): Failure {
  const failure = error instanceof TokenRefused ? error.failure : invalid(error);
  return { ...failure, message: scrubFor(route)(failure.message) };
}

const invalid = (error: unknown): Failure => ({
  kind: 'credential_invalid',
  status: null,
  code: 'invalid_credential',
  message: error instanceof InvalidCredential ? `The credential ${error.message}.` : 'The credential cannot be used.',
});
