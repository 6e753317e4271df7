import type { ChatRequest, Effort, Sampling } from '../../chat/request';
import { reasons } from '../openai-models';
import type { RequestWriter } from './request-writer';

/** OpenAI's. */
const MAX_STOPS = 4;

type Key = keyof Sampling;

/** Fields that OpenAI's models refuse while they think, and whether a value asks for anything. */
const refusedWhileThinking: readonly (readonly [key: Key, asks: (value: unknown) => boolean])[] = [
  ['temperature', (value) => value !== 1],
  ['topP', (value) => value !== 1],
  ['frequencyPenalty', (value) => value !== 0],
  ['presencePenalty', (value) => value !== 0],
  ['logprobs', (value) => value === true],
  ['topLogprobs', () => true],
  ['logitBias', (value) => Object.keys(value as object).length > 0],
  ['stop', () => true],
];

/** How the answer is sampled. `effort`: the one that is sent. */
export function encodeSampling(request: ChatRequest, effort: Effort | undefined, writer: RequestWriter): void {
  const sampling =
    reasons(request.model) && effort !== 'none' ? whileThinking(request.sampling, writer) : request.sampling;
  const set = (field: string, key: Key, value: unknown = sampling[key]): void =>
    writer.set(field, value, `sampling.${key}`);
  set('max_completion_tokens', 'maxOutputTokens');
  set('temperature', 'temperature');
  set('top_p', 'topP');
  set('top_k', 'topK');
  set('frequency_penalty', 'frequencyPenalty');
  set('presence_penalty', 'presencePenalty');
  set('seed', 'seed');
  if (sampling.candidates !== 1 || writer.takes('n')) set('n', 'candidates');
  set('logprobs', 'logprobs', sampling.logprobs || sampling.topLogprobs !== undefined ? true : undefined);
  set('top_logprobs', 'topLogprobs');
  set('logit_bias', 'logitBias');
  const { stop } = sampling;
  if (!stop || stop.length === 0) return;
  if (stop.length > MAX_STOPS) writer.dropped.add('sampling.stop');
  set('stop', 'stop', stop.slice(0, MAX_STOPS));
}

/** "Unsupported parameter: 'temperature' is not supported with this model." */
function whileThinking(sampling: Sampling, { dropped }: RequestWriter): Sampling {
  const rest: Record<string, unknown> = { ...sampling };
  for (const [key, asks] of refusedWhileThinking) {
    const value = sampling[key];
    if (value !== undefined && asks(value)) dropped.add(`sampling.${key}`);
    delete rest[key];
  }
  return rest;
}
