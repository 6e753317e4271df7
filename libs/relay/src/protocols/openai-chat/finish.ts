import type { Finish, FinishReason } from '../../chat/reply';

/** OpenAI's five, then the words of those who imitate it. Mistral: `model_length`; Zhipu: `sensitive`; TGI: `eos_token`. */
const meanings: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries({
    stop: 'stop',
    length: 'length',
    tool_calls: 'tool-calls',
    function_call: 'tool-calls',
    content_filter: 'content-filter',
    eos: 'stop',
    eos_token: 'stop',
    stop_sequence: 'stop',
    end_turn: 'stop',
    tool_use: 'tool-calls',
    max_tokens: 'length',
    model_length: 'context-length',
    model_context_window_exceeded: 'context-length',
    sensitive: 'content-filter',
    refusal: 'refusal',
  } as const),
);

/** What an answer consisted of, as far as it tells how the answer ended. */
export interface Seen {
  readonly calls: boolean;
  readonly refusal: boolean;
}

/** An empty reason (Snowflake) or none is derived; many say `stop` after tool calls; OpenAI itself does after a refusal. */
export function decodeFinish(raw: string | undefined, { calls, refusal }: Seen): Finish {
  const reason = raw ? (meanings.get(raw) ?? 'other') : 'stop';
  const meant = reason !== 'stop' ? reason : calls ? 'tool-calls' : refusal ? 'refusal' : 'stop';
  return raw ? { reason: meant, raw } : { reason: meant };
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
  'context-length': 'length',
  other: 'stop',
};

const exact: ReadonlySet<FinishReason> = new Set(['stop', 'length', 'tool-calls', 'content-filter']);

/** A choice's fields: OpenAI's word, and the upstream's own where OpenAI has none (OpenRouter's `native_finish_reason`). */
export function encodeFinish(
  { reason, raw }: Finish,
  seen: Seen,
  legacy: boolean,
): { finish_reason: string; native_finish_reason?: string } {
  if (reason === 'refusal' && seen.refusal) return { finish_reason: 'stop' };
  if (reason === 'tool-calls' && legacy) return { finish_reason: 'function_call' };
  const word = { finish_reason: words[reason] };
  return exact.has(reason) || !raw ? word : { ...word, native_finish_reason: raw };
}
