import { isObject, type JsonObject, textAt } from '../../json';

export interface StreamError {
  readonly code: string;
  readonly message: string;
  readonly type: string;
}

/** An upstream's error, whatever its spelling, as this protocol tells it. */
export function streamError(error: unknown): StreamError {
  const inner = isObject(error) && isObject(error.error) ? error.error : error;
  const message = textAt(inner, 'message') ?? (typeof inner === 'string' ? inner : 'The upstream failed.');
  const code = codeOf(inner);
  const type = textAt(inner, 'type');
  return {
    message,
    code: code ?? (type && type !== 'error' ? type : SERVER_ERROR),
    type: type && type !== 'error' ? type : SERVER_ERROR,
  };
}

const SERVER_ERROR = 'server_error';

function codeOf(error: unknown): string | undefined {
  const code = isObject(error) ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

/** The `error` event: flat in the documentation, within `error` as OpenAI sends it. Readers of either find it. */
export const errorFields = ({ code, message, type }: StreamError): JsonObject => ({
  code,
  message,
  param: null,
  error: { type, code, message, param: null },
});
