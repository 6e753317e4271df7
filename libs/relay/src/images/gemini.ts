import { quirksOf } from '@app/providers';
import type { Usage } from '../chat/usage';
import { arrayAt, defined, type JsonObject, objectAt, textAt } from '../json';
import { readUsage } from '../protocols/gemini/usage';
import { badRequest } from '../relay.errors';
import { aspectOf, resolutionOf } from './aspect';
import type { ImageDialect } from './image';

/** https://ai.google.dev/gemini-api/docs/image-generation */
const aspects = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

/** Image models that answer as in any chat, with one picture. */
export const geminiImages: ImageDialect = {
  encode(wanted, model) {
    if (wanted.count > 1) throw badRequest("This model draws one picture at a time: 'n' must be 1.", 'n');
    const aspect = wanted.size && aspectOf(wanted.size, aspects);
    // The first generation has one resolution and refuses the field.
    const sized = wanted.size && !/gemini-2/.test(model) ? resolutionOf(wanted.size) : undefined;
    const imageConfig = aspect ? defined({ aspectRatio: aspect.ratio, imageSize: sized }) : undefined;
    const lost = [
      ['size', aspect && !aspect.isClose],
      ['output_format', wanted.format],
      ['output_compression', wanted.compression],
    ] as const;
    return {
      body: {
        contents: [{ role: 'user', parts: [{ text: wanted.prompt }] }],
        generationConfig: defined({ responseModalities: ['TEXT', 'IMAGE'], imageConfig }),
      },
      dropped: [
        ...wanted.others,
        ...lost.filter(([, isLost]) => Boolean(isLost)).map(([name]) => name),
        ...Object.keys(wanted.own),
      ],
    };
  },

  decode(answer) {
    const [candidate] = arrayAt(answer, 'candidates');
    const pictures = arrayAt(objectAt(candidate, 'content'), 'parts').flatMap((part) => {
      const inline = objectAt(part, 'inlineData');
      const base64 = textAt(inline, 'data');
      const isThought = (part as JsonObject).thought === true;
      return base64 === undefined || isThought ? [] : [{ base64, mediaType: textAt(inline, 'mimeType') }];
    });
    const usage = usageOf(answer, pictures.length);
    if (pictures.length > 0) return { pictures, ...(usage ? { usage } : {}) };
    const reason =
      textAt(objectAt(answer, 'promptFeedback'), 'blockReason') ?? textAt(candidate, 'finishReason') ?? 'no picture';
    return { pictures, error: { code: 'content_policy_violation', message: `The model drew nothing: ${reason}.` } };
  },
};

/** Pictures are counted in tokens, inside the candidates'. */
function usageOf(answer: JsonObject, made: number): Usage | undefined {
  const usage = readUsage(answer.usageMetadata, quirksOf({}, 'gemini'));
  if (!usage) return undefined;
  return { imageOut: 0, ...usage, images: made };
}
