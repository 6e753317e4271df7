import { sseFrame } from '@app/core';
import { tokens, type Usage } from '../chat/usage';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../json';
import { type Glimpse, nothing, type Wire } from '../lanes/wire';
import { checkFields } from './check';

/** A large picture in high quality. */
const TOKENS_PER_PICTURE = 6_300;
const MOST_PICTURES = 10;

/**
 * https://platform.openai.com/docs/api-reference/images — the GPT image models report tokens, the others are billed by the
 * picture. Streamed: `image_generation.partial_image` events, then `image_generation.completed`.
 */
export const images: Wire = {
  protocol: 'openai-chat',
  terminator: '',

  check: (body) =>
    checkFields(body, {
      required: ['prompt'],
      types: { prompt: ['string'], n: ['number'], stream: ['boolean'], size: ['string'] },
    }),

  outputLimit: () => 0,
  alsoHolds(body) {
    const wanted = body.value('n');
    const pictures = typeof wanted === 'number' && wanted > 1 ? Math.min(wanted, MOST_PICTURES) : 1;
    return { images: pictures, imageOut: pictures * TOKENS_PER_PICTURE };
  },
  wantsUsage: () => true,
  askForUsage: () => [],

  event(data) {
    if (!isObject(data)) return nothing;
    if (data.error != null) return { ...nothing, error: data.error };
    const completed = textAt(data, 'type')?.endsWith('.completed') ?? false;
    const usage = completed ? (tokensOf(data) ?? { input: 0, output: 0, images: 1 }) : undefined;
    return { ...nothing, meaningful: true, ...(usage ? { usage, finish: 'completed' } : {}) };
  },

  whole(answer): Glimpse {
    if (!isObject(answer)) return nothing;
    const made = arrayAt(answer, 'data').length;
    if (made === 0) return answer.error != null ? { ...nothing, error: answer.error } : nothing;
    return { ...nothing, meaningful: true, usage: { ...(tokensOf(answer) ?? { input: 0, output: 0 }), images: made } };
  },

  failureFrame: (message, code) =>
    sseFrame(JSON.stringify({ type: 'error', error: { message, type: 'upstream_error', param: null, code } })),
};

function tokensOf(answer: JsonObject): Usage | undefined {
  const usage = objectAt(answer, 'usage');
  const input = numberAt(usage, 'input_tokens');
  const output = numberAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const imageIn = numberAt(objectAt(usage, 'input_tokens_details'), 'image_tokens') ?? 0;
  return { input: tokens((input ?? 0) - imageIn), imageIn, output: 0, imageOut: tokens(output ?? 0) };
}
