import createClient from 'openapi-fetch';
import { ApiError, problemOf } from './problem';
import { session } from './session';
import type { paths } from './types';

/** Typed client of the control plane. A call that does not succeed throws an `ApiError`, so `data` is always there. */
export const api = createClient<paths>({ baseUrl: '', fetch: send });

/** The body of a successful call. */
export async function dataOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  // `send` has thrown on every status outside 2xx, so what is left is the declared body.
  return (await call).data as T;
}

async function send(request: Request): Promise<Response> {
  const token = await session.freshToken();
  let response = await attempt(request.clone(), token);
  if (response.status === 401 && token && (await session.renew())) {
    response = await attempt(request, await session.freshToken());
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function attempt(request: Request, token: string | null): Promise<Response> {
  if (token) request.headers.set('authorization', `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiError(0, 'network', 'The server did not answer');
  }
}
