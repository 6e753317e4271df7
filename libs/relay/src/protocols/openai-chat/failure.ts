import { isObject, objectAt, textAt } from '../../json';

/**
 * The error an answer or chunk tells: OpenAI and OpenRouter `error`, perhaps beside choices; Groq `event: error`; vLLM and Mistral
 * `object: "error"`; Google wraps it in a list.
 */
export function failureOf(chunk: unknown, event?: string): unknown {
  if (Array.isArray(chunk)) return failureOf(chunk[0], event);
  if (!isObject(chunk)) return undefined;
  const { error } = chunk;
  if (error != null && error !== '') return error;
  return chunk.object === 'error' || event === 'error' ? (objectAt(chunk, 'detail') ?? chunk) : undefined;
}

/** Not an end but a failure: OpenRouter and Mistral, Zhipu, DeepSeek. */
const failures: ReadonlySet<string> = new Set(['error', 'network_error', 'insufficient_system_resource']);

/** A choice that failed: OpenRouter puts an `error` into it; others only say so as its finish. */
export function choiceFailure(choice: unknown): unknown {
  if (!isObject(choice)) return undefined;
  if (choice.error != null) return choice.error;
  const reason = textAt(choice, 'finish_reason') ?? '';
  return failures.has(reason)
    ? { message: `The upstream ended its answer with '${reason}'.`, code: reason }
    : undefined;
}
