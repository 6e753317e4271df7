import type { CookieOptions, Request, Response } from 'express';
import type { SignedIn } from '@app/users';

const NAME = 'one_api_refresh';

/** Scripts cannot read it, other sites cannot send it, and only the sign-in routes get it. */
const options = (request: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'strict',
  path: '/api/auth',
  // Behind a proxy that ends TLS, `trust proxy` makes this true. Plain http://localhost must be able to keep it, too.
  secure: request.secure,
});

export function setRefreshCookie(response: Response, { refreshToken, refreshExpiresAt }: SignedIn): void {
  response.cookie(NAME, refreshToken, { ...options(response.req), expires: new Date(refreshExpiresAt) });
}

export function clearRefreshCookie(response: Response): void {
  response.clearCookie(NAME, options(response.req));
}

export function readRefreshCookie(request: Request): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return cookies.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
}
