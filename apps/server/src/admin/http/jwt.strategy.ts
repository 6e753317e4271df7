import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ACCESS_TOKEN, type AccessClaims, AccessTokens, type Principal, SessionService } from '@app/users';

/** A signature proves who was signed in; the session, looked up in memory, proves that they still are. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    tokens: AccessTokens,
    private readonly sessions: SessionService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: tokens.secret,
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer: ACCESS_TOKEN.issuer,
    });
  }

  async validate(claims: AccessClaims): Promise<Principal | false> {
    const principal = await this.sessions.principal(claims.sid);
    return principal?.userId === claims.sub ? principal : false;
  }
}
