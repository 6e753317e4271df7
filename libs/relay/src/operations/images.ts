import { tokens, type Usage } from '../chat/usage';
import { arrayAt, type JsonObject, numberAt, objectAt, textAt } from '../json';
import { nothing, type Wire } from '../lanes/wire';
import { badRequest } from '../relay.errors';
import { tokensOfBytes } from '../request/estimate';
import type { Body, JsonType } from '../request/members';
import { checkFields } from './check';
import { failureFrame, unlessError } from './openai-events';

/** A large picture in high quality, and a square one in medium, as gpt-image-1 counts them. */
const MOST_TOKENS_PER_PICTURE = 6_300;
const USUAL_TOKENS_PER_PICTURE = 1_056;
const MOST_PICTURES = 10;
/** A picture given to be edited, in low and in high fidelity. */
const MOST_TOKENS_PER_INPUT = 6_500;

const types = { prompt: ['string'], n: ['number'], stream: ['boolean'], size: ['string'] } satisfies Record<
  string,
  readonly JsonType[]
>;

/**
 * https://platform.openai.com/docs/api-reference/images — the GPT image models report tokens, the others are billed by the
 * picture. Streamed: `….partial_image` events, then one `….completed` for each picture.
 */
export const images: Wire = {
  protocol: 'openai-chat',
  terminator: '',

  check: (body) => checkFields(body, { required: ['prompt'], types }),

  outputLimit: () => 0,
  alsoHolds(body) {
    const wanted = body.value('n');
    const pictures = typeof wanted === 'number' && wanted > 1 ? Math.min(wanted, MOST_PICTURES) : 1;
    return { images: pictures, imageOut: pictures * MOST_TOKENS_PER_PICTURE };
  },
  wantsUsage: () => true,
  askForUsage: () => [],

  asked: (body) => told(body.value('size'), body.value('quality')),

  estimate: (body) => ({
    ...drawn(1),
    ...images.asked?.(body),
    input: tokensOfBytes(Buffer.byteLength(String(body.value('prompt') ?? ''))),
  }),

  // Each picture's event tells the usage so far.
  event: (data, _name, _quirks, before) =>
    unlessError(data, (event) => {
      const completed = textAt(event, 'type')?.endsWith('.completed') ?? false;
      const seen = { ...nothing, meaningful: true, textBytes: textAt(event, 'b64_json')?.length ?? 0 };
      return completed ? { ...seen, usage: usageOf(event, (before?.images ?? 0) + 1), finish: 'completed' } : seen;
    }),

  whole(answer) {
    // SiliconFlow calls them `images`.
    const made = Math.max(arrayAt(answer, 'data').length, arrayAt(answer, 'images').length);
    return unlessError(answer, (reply) =>
      made === 0 ? nothing : { ...nothing, meaningful: true, usage: usageOf(reply, made) },
    );
  },

  shown: ({ images: made, ...rest }) =>
    rest.data === undefined && Array.isArray(made) ? { ...rest, data: made } : undefined,

  failureFrame,
};

/** Pictures and a wish: a form, or JSON that names the pictures by address. */
export const imageEdits: Wire = {
  ...images,
  check(body) {
    checkFields(body, { required: ['prompt'], types });
    if (pictures(body).length === 0) throw badRequest("Missing required parameter: 'image'.", 'image');
  },
  alsoHolds: (body) => ({
    ...images.alsoHolds?.(body),
    imageIn: (pictures(body).length + (body.get('mask') ? 1 : 0)) * MOST_TOKENS_PER_INPUT,
  }),
};

/** One picture of a form, drawn again. */
export const imageVariations: Wire = {
  ...images,
  check(body) {
    checkFields(body, { required: ['image'], types });
    if (body.get('image')?.type !== 'object') throw badRequest("'image' must be one file of the form.", 'image');
  },
};

/** Of what is drawn, where nobody left it to the model. */
const told = (size: unknown, quality: unknown): Pick<Usage, 'size' | 'quality'> => ({
  ...(isNamed(size) && { size }),
  ...(isNamed(quality) && { quality }),
});

const isNamed = (value: unknown): value is string => typeof value === 'string' && value !== '' && value !== 'auto';

/** Files of the form, or what the JSON form calls `images`. */
function pictures(body: Body): readonly unknown[] {
  const given = body.value('image') ?? body.value('images');
  const list = Array.isArray(given) ? given : given == null ? [] : [given];
  if (list.some((one) => typeof one !== 'object' || one === null))
    throw badRequest("'image' must be a file of the form.", 'image');
  return list;
}

/** Where no tokens are told, those of usual pictures stand for them: a price that knows only tokens must not make them free. */
export const drawn = (made: number): Usage => ({
  input: 0,
  output: 0,
  imageOut: made * USUAL_TOKENS_PER_PICTURE,
  images: made,
  estimated: true,
});

function usageOf(answer: JsonObject, count: number): Usage {
  const usage = objectAt(answer, 'usage');
  const input = numberAt(usage, 'input_tokens');
  const output = numberAt(usage, 'output_tokens');
  const made = { images: count, ...told(answer.size, answer.quality) };
  if (input === undefined && output === undefined) return { ...drawn(count), ...made };
  const imageIn = tokens(numberAt(objectAt(usage, 'input_tokens_details'), 'image_tokens') ?? 0);
  const text = tokens(numberAt(objectAt(usage, 'output_tokens_details'), 'text_tokens') ?? 0);
  return {
    input: tokens((input ?? 0) - imageIn),
    imageIn,
    output: text,
    imageOut: tokens((output ?? 0) - text),
    ...made,
  };
}
