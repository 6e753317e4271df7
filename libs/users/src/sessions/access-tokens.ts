import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { CLOCK, type Clock } from '@app/core';
import { SecretBox } from '@app/platform/secrets';

export const ACCESS_TOKEN = { algorithm: 'HS256', issuer: 'one-api', seconds: 600 } as const;

/** What an access token says. That the session still stands is asked of `SessionService.principal`. */
export interface AccessClaims {
  /** The user's id. */
  readonly sub: string;
  /** The session's id. */
  readonly sid: string;
}

/** Signs and checks the short-lived tokens of the control plane. */
@Injectable()
export class AccessTokens {
  readonly secret: Buffer;
  private readonly jwt: JwtService;

  constructor(
    secrets: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.secret = secrets.derive('jwt');
    this.jwt = new JwtService({ secret: this.secret });
  }

  issue({ sub, sid }: AccessClaims): string {
    const iat = Math.floor(this.clock.now() / 1000);
    const { algorithm, issuer: iss, seconds } = ACCESS_TOKEN;
    return this.jwt.sign({ sub, sid, iss, iat, exp: iat + seconds }, { algorithm });
  }

  /** Null for a token that is not ours, was changed or has run out. */
  read(token: string): AccessClaims | null {
    try {
      return this.jwt.verify<AccessClaims>(token, {
        algorithms: [ACCESS_TOKEN.algorithm],
        issuer: ACCESS_TOKEN.issuer,
        clockTimestamp: Math.floor(this.clock.now() / 1000),
      });
    } catch {
      return null;
    }
  }
}
