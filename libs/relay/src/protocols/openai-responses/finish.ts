import type { Finish, FinishReason } from '../../chat/reply';
import { type JsonObject, objectAt, textAt } from '../../json';

/** What an answer consisted of, as far as it tells how the answer ended. */
export interface Seen {
  readonly calls: boolean;
  readonly refusal: boolean;
}

/** `incomplete_details.reason`; OpenAI's own example says `max_tokens` where the schema says `max_output_tokens`. */
const meanings: ReadonlyMap<string | undefined, FinishReason> = new Map(
  Object.entries({
    max_output_tokens: 'length',
    max_tokens: 'length',
    length: 'length',
    content_filter: 'content-filter',
    context_length_exceeded: 'context-length',
    model_context_window_exceeded: 'context-length',
  } as const),
);

/** States in which there is no answer yet, or never will be. */
const unfinished: ReadonlySet<string> = new Set(['queued', 'in_progress', 'cancelled', 'failed']);

export function decodeFinish(response: JsonObject, { calls, refusal }: Seen): Finish {
  const status = textAt(response, 'status') || undefined;
  if (status !== undefined && unfinished.has(status)) return { reason: 'other', raw: status };
  const reason = textAt(objectAt(response, 'incomplete_details'), 'reason') || undefined;
  if (status === 'incomplete' || reason !== undefined) {
    return { reason: meanings.get(reason) ?? 'other', raw: reason ?? 'incomplete' };
  }
  const meant = calls ? 'tool-calls' : refusal ? 'refusal' : 'stop';
  return status ? { reason: meant, raw: status } : { reason: meant };
}

export interface Ending {
  readonly status: 'completed' | 'incomplete' | 'queued' | 'in_progress' | 'cancelled' | 'failed';
  readonly incomplete_details: { readonly reason: string } | null;
}

const LENGTH = 'max_output_tokens';
const FILTER = 'content_filter';

const cutBy: Readonly<Partial<Record<FinishReason, string>>> = {
  length: LENGTH,
  'context-length': LENGTH,
  'content-filter': FILTER,
};

export function encodeFinish({ reason, raw }: Finish, { refusal }: Pick<Seen, 'refusal'>): Ending {
  if (reason === 'other' && raw !== undefined && unfinished.has(raw)) {
    return { status: raw as Ending['status'], incomplete_details: null };
  }
  const cut = cutBy[reason] ?? (reason === 'refusal' && !refusal ? FILTER : undefined);
  return cut
    ? { status: 'incomplete', incomplete_details: { reason: cut } }
    : { status: 'completed', incomplete_details: null };
}
