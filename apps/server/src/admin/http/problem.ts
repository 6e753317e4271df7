import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DomainError } from '@app/core';
import type { ProblemDto } from './problem.dto';

/** What a failure becomes on the wire. Nothing in it comes from an error we did not mean to show. */
export interface ProblemAnswer {
  readonly body: Omit<ProblemDto, 'requestId'>;
  readonly retryAfterMs?: number;
  /** True for a surprise: the log gets the error, the caller only its request id. */
  readonly surprise: boolean;
}

const codes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'request_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'unavailable',
};

export function problemOf(error: unknown): ProblemAnswer {
  if (error instanceof DomainError) return fromDomain(error);
  if (error instanceof HttpException) return expected(error.getStatus(), detailOf(error));
  if (isRefusedBody(error)) return expected(error.status, error.message);
  return { ...expected(500, 'something went wrong here; the log has it under this request id'), surprise: true };
}

function fromDomain(error: DomainError): ProblemAnswer {
  const { errors, retryAfterMs } = error.extra;
  const answer = expected(error.status, error.message, error.code);
  return {
    ...answer,
    body: errors === undefined ? answer.body : { ...answer.body, errors: errors.map((field) => ({ ...field })) },
    retryAfterMs,
  };
}

function expected(status: number, detail: string, code = codes[status]): ProblemAnswer {
  return {
    body: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      code: code ?? (status < 500 ? 'invalid' : 'internal'),
    },
    surprise: false,
  };
}

function detailOf(error: HttpException): string {
  const response = error.getResponse();
  if (typeof response === 'string') return response;
  const message = (response as { message?: unknown }).message;
  return Array.isArray(message) ? message.join('; ') : String(message ?? error.message);
}

/** body-parser's and Express's own refusals (`http-errors`): too large, bad charset, bad encoding, cut off, bad path. */
function isRefusedBody(error: unknown): error is Error & { status: number } {
  if (!(error instanceof Error)) return false;
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500;
}
