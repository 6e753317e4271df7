/**
 * Expected failures of the control plane and the libs. `code` is the stable word clients match on; the HTTP status is
 * decided here, once. The data plane has its own family (`RelayError` in libs/relay).
 */
export type DomainErrorCode =
  | 'invalid'
  | 'unauthorized'
  | 'otp_required'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_many_requests'
  | 'unavailable';

const statusOf: Record<DomainErrorCode, number> = {
  invalid: 400,
  unauthorized: 401,
  otp_required: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many_requests: 429,
  unavailable: 503,
};

/** One refused field of a request body: `path` is dotted (`settings.timeout`). */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export class DomainError extends Error {
  readonly status: number;

  constructor(
    readonly code: DomainErrorCode,
    message: string,
    readonly extra: {
      readonly errors?: readonly FieldError[];
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: extra.cause });
    this.name = 'DomainError';
    this.status = statusOf[code];
  }
}

export const notFound = (what: string): DomainError => new DomainError('not_found', `${what} not found`);

export const conflict = (message: string): DomainError => new DomainError('conflict', message);

export const invalid = (path: string, message: string): DomainError =>
  new DomainError('invalid', `${path}: ${message}`, { errors: [{ path, message }] });

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
