import { bucketsOf, tokens, type Usage } from '../chat/usage';
import { isObject, numberAt, objectAt } from '../json';
import { tokensOfSeconds } from './audio';

/**
 * `response.usage` → buckets. `cached_tokens` are part of the text, audio and image counts, and `cached_tokens_details` says of
 * which: only what is left of each is fresh. https://platform.openai.com/docs/guides/realtime-costs
 */
export function responseUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const inputTotal = numberAt(usage, 'input_tokens');
  const outputTotal = numberAt(usage, 'output_tokens');
  if (inputTotal === undefined && outputTotal === undefined) return undefined;
  const input = objectAt(usage, 'input_token_details');
  const output = objectAt(usage, 'output_token_details');
  const cached = objectAt(input, 'cached_tokens_details');
  const fresh = (name: string): number | undefined => {
    const all = numberAt(input, name);
    return all === undefined ? undefined : all - (numberAt(cached, name) ?? 0);
  };
  const images = tokens(fresh('image_tokens') ?? 0);
  const buckets = bucketsOf({
    inputTotal: (inputTotal ?? 0) - images,
    cacheRead: numberAt(input, 'cached_tokens'),
    audioIn: fresh('audio_tokens'),
    outputTotal: outputTotal ?? 0,
    reasoning: numberAt(output, 'reasoning_tokens'),
    audioOut: numberAt(output, 'audio_tokens'),
  });
  return images > 0 ? { ...buckets, imageIn: images } : buckets;
}

/** What a transcription of the caller's speech used, and whether its upstream counted in tokens or only told the time. */
export function transcriptionUsage(usage: unknown): { readonly usage: Usage; readonly counted: boolean } {
  const input = numberAt(usage, 'input_tokens');
  const output = numberAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) {
    return {
      usage: { input: 0, audioIn: tokensOfSeconds(numberAt(usage, 'seconds') ?? 0), output: 0 },
      counted: false,
    };
  }
  const audioIn = numberAt(objectAt(usage, 'input_token_details'), 'audio_tokens');
  return { usage: bucketsOf({ inputTotal: input ?? 0, audioIn, outputTotal: output ?? 0 }), counted: true };
}
