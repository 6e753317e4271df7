import { sseFrame } from '@app/core';
import { isObject, type JsonObject } from '../json';
import { type Glimpse, nothing } from '../lanes/wire';

/** How OpenAI's endpoints for pictures and sound report a failure inside their streams. */
export const failureFrame = (message: string, code: string): string =>
  sseFrame(JSON.stringify({ type: 'error', error: { message, type: 'upstream_error', param: null, code } }));

/** Looks at an event or an answer that is no failure with `look`. */
export function unlessError(data: unknown, look: (data: JsonObject) => Glimpse): Glimpse {
  if (!isObject(data)) return nothing;
  return data.error != null ? { ...nothing, error: data.error } : look(data);
}
