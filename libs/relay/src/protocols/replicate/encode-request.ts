import type { Encoded } from '../../chat/face';
import { dropUnsaid, type PlainTurn, plainTurns, transcript } from '../../chat/plain-turns';
import type { ChatRequest } from '../../chat/request';
import { defined, type JsonObject } from '../../json';

const said = new Set(['maxOutputTokens', 'temperature', 'topP', 'topK', 'seed'] as const);

/**
 * https://replicate.com/docs/reference/http#models.predictions.create — each model has inputs of its own; these are what its
 * language models have in common. `owner/name:version` names a version, which has an address of its own.
 */
export function encodeRequest(request: ChatRequest): Encoded {
  const dropped = new Set<string>();
  const turns = plainTurns(request, dropped);
  dropUnsaid(request, said, dropped);
  const version = request.model.split(':')[1];
  const body = {
    ...(version === undefined ? {} : { version }),
    input: inputOf(request, turns, dropped),
    ...(request.stream ? { stream: true } : {}),
  };
  // Unstreamed, the answer comes with the creation if it takes less than a minute; otherwise it is asked for again.
  return { body, dropped: [...dropped], ...(request.stream ? {} : { headers: { prefer: 'wait' } }) };
}

function inputOf({ sampling }: ChatRequest, turns: readonly PlainTurn[], dropped: Set<string>): JsonObject {
  const system = turns.filter(({ role }) => role === 'system').map(({ text }) => text);
  const [image, ...others] = turns.flatMap(({ images }) => images);
  if (others.length > 0) dropped.add('turns.image');
  const { maxOutputTokens, temperature, topP, topK, seed } = sampling;
  const numbers = { max_tokens: maxOutputTokens, temperature, top_p: topP, top_k: topK, seed };
  return {
    prompt: transcript(turns.filter(({ role }) => role !== 'system')),
    ...(system.length > 0 ? { system_prompt: system.join('\n\n') } : {}),
    ...(image === undefined ? {} : { image }),
    ...defined(numbers),
  };
}
