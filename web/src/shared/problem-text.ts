import type { TFunction } from 'i18next';
import { ApiError } from '@/api/problem';

export interface ProblemText {
  readonly title: string;
  readonly detail: string | null;
  readonly requestId: string | null;
}

/** Says what went wrong in the console's language; the server's own sentence is the detail. */
export function describeProblem(error: unknown, t: TFunction): ProblemText {
  if (!(error instanceof ApiError)) {
    return { title: t('problem.unexpected'), detail: error instanceof Error ? error.message : null, requestId: null };
  }
  const detail = error.status === 0 ? t('problem.networkHint') : error.message || null;
  return { title: t(`problem.${kindOf(error)}`), detail, requestId: error.status >= 500 ? error.requestId : null };
}

const kinds = {
  0: 'network',
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  429: 'tooMany',
} as const;

function kindOf({ status }: ApiError): (typeof kinds)[keyof typeof kinds] | 'server' | 'unexpected' {
  if (status in kinds) return kinds[status as keyof typeof kinds];
  return status >= 500 ? 'server' : 'unexpected';
}
