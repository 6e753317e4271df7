import { defined } from '../json';
import { failureOf } from '../protocols/replicate/prediction';
import { aspectOf } from './aspect';
import type { ImageDialect, Picture } from './image';

/** What most of the models know. */
const aspects = ['1:1', '16:9', '21:9', '3:2', '2:3', '4:5', '5:4', '3:4', '4:3', '9:16', '9:21'];
const formats = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const;

/**
 * https://replicate.com/docs/reference/http#models.predictions.create — each model has inputs of its own: these are the usual names
 * (some know proportions, some pixels), and whatever a caller sends beside OpenAI's fields is passed on as such.
 */
export const replicateImages: ImageDialect = {
  encode({ prompt, count, size, format, compression, own, others }, model) {
    const version = model.split(':')[1];
    const { num_outputs: _count, ...inputs } = own;
    const input = {
      prompt,
      num_outputs: count > 1 ? count : undefined,
      aspect_ratio: size && aspectOf(size, aspects).ratio,
      width: size?.width,
      height: size?.height,
      output_format: format && formats[format],
      output_quality: compression,
      ...inputs,
    };
    return {
      body: { ...(version === undefined ? {} : { version }), input: defined(input) },
      dropped: others,
      headers: { prefer: 'wait' },
    };
  },

  decode(prediction) {
    const error = failureOf(prediction);
    if (error) return { pictures: [], error };
    const { output } = prediction;
    return { pictures: (Array.isArray(output) ? output : [output]).flatMap(pictureOf) };
  },
};

/** An address, or the bytes themselves in a `data:` URL. */
function pictureOf(output: unknown): readonly Picture[] {
  if (typeof output !== 'string') return [];
  const [, mediaType, base64] = /^data:([\w./+-]+);base64,(.+)$/s.exec(output) ?? [];
  if (base64 !== undefined) return [{ base64, mediaType }];
  return URL.canParse(output) ? [{ url: output }] : [];
}

/** Whether a file may be fetched for a caller: from Replicate's own hosts, or the upstream's. Answers lead nowhere else. */
export function mayFetch(text: string, baseUrl: string): boolean {
  if (!URL.canParse(text) || !URL.canParse(baseUrl)) return false;
  const [url, base] = [new URL(text), new URL(baseUrl)];
  if (url.origin === base.origin) return true;
  return url.protocol === 'https:' && /(^|\.)replicate\.(com|delivery)$/.test(url.hostname);
}
