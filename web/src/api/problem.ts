/** One refused field of a request body; `path` is dotted (`settings.timeout`, `keys.0`). */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * A call that did not succeed: the server's problem document (RFC 9457), or `network` when no answer came.
 * `status` is 0 without an answer.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

interface ProblemDocument {
  title?: unknown;
  detail?: unknown;
  code?: unknown;
  requestId?: unknown;
  errors?: unknown;
}

export async function problemOf(response: Response): Promise<ApiError> {
  const body = await readProblem(response);
  return new ApiError(
    response.status,
    text(body.code) ?? `http_${response.status}`,
    text(body.detail) ?? text(body.title) ?? response.statusText,
    fieldProblems(body.errors),
    text(body.requestId) ?? response.headers.get('x-request-id'),
  );
}

/** A proxy in between may answer with HTML: then there is nothing to read but the status. */
async function readProblem(response: Response): Promise<ProblemDocument> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (entry): entry is FieldProblem => typeof entry?.path === 'string' && typeof entry?.message === 'string',
  );
}
