import { isObject, type JsonObject, parseJson, textAt } from '../json';

/** One WebSocket message as it came. */
export interface Frame {
  readonly data: Buffer;
  readonly binary: boolean;
}

export const frameOf = (event: object): Frame => ({ data: Buffer.from(JSON.stringify(event), 'utf8'), binary: false });

/** Official clients and servers put these two members first; what follows may be megabytes of audio. */
const HEAD = /^\s*\{\s*(?:"event_id"\s*:\s*"[^"\\]*"\s*,\s*)?"type"\s*:\s*"([\w.]+)"/;
const HEAD_BYTES = 256;

/** The `type` of an event, without parsing it where it stands in front; undefined where the frame is no event. */
export function typeOf({ data, binary }: Frame): string | undefined {
  if (binary) return undefined;
  const head = HEAD.exec(data.toString('latin1', 0, HEAD_BYTES));
  return head ? head[1] : textAt(eventOf(data), 'type');
}

/** The event in a frame; empty where it holds none. */
export function eventOf(data: Buffer): JsonObject {
  const event = parseJson(data.toString('utf8'));
  return isObject(event) ? event : {};
}
