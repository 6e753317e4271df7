import { arrayAt, defined, type JsonObject, textAt } from '../json';
import { aspectOf, resolutionOf } from './aspect';
import type { ImageDialect, ImageRequest } from './image';

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api, https://ai.google.dev/gemini-api/docs/imagen */
const aspects = ['1:1', '3:4', '4:3', '9:16', '16:9'];

export const imagen: ImageDialect = {
  encode(wanted) {
    const aspect = wanted.size && aspectOf(wanted.size, aspects);
    const { sampleCount: _count, ...own } = wanted.own;
    const isLarge = wanted.size && resolutionOf(wanted.size) !== '1K';
    const parameters = {
      sampleCount: wanted.count,
      aspectRatio: aspect?.ratio,
      // Only the larger models know it: nothing is said where it is not asked for.
      sampleImageSize: isLarge ? '2K' : undefined,
      outputOptions: outputOptions(wanted),
      ...own,
    };
    const dropped = [...wanted.others, ...(aspect && !aspect.isClose ? ['size'] : [])];
    if (wanted.format === 'webp') dropped.push('output_format');
    return { body: { instances: [{ prompt: wanted.prompt }], parameters: defined(parameters) }, dropped };
  },

  decode(answer) {
    const predictions = arrayAt(answer, 'predictions');
    const pictures = predictions.flatMap((prediction) => {
      const base64 = textAt(prediction, 'bytesBase64Encoded');
      return base64 === undefined ? [] : [{ base64, mediaType: textAt(prediction, 'mimeType') }];
    });
    const reason = predictions.map((prediction) => textAt(prediction, 'raiFilteredReason')).find(Boolean);
    return { pictures, ...(reason ? { error: { code: 'content_policy_violation', message: reason } } : {}) };
  },
};

function outputOptions({ format, compression }: ImageRequest): JsonObject | undefined {
  if (format === undefined || format === 'webp') return undefined;
  return defined({ mimeType: `image/${format}`, compressionQuality: format === 'jpeg' ? compression : undefined });
}
