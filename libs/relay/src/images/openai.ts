import { type JsonObject, textAt } from '../json';
import { badRequest } from '../relay.errors';
import type { ImageRequest, Picture } from './image';

const MOST_PICTURES = 10;

/** The fields of the request; the text is checked before. */
export function decodeRequest(body: JsonObject): ImageRequest {
  const size = sizeOf(body.size);
  const format = formats.find((name) => name === body.output_format);
  const handOver =
    body.response_format === 'url' || body.response_format === 'b64_json' ? body.response_format : undefined;
  return {
    prompt: textAt(body, 'prompt') ?? '',
    count: countOf(body.n),
    ...(size ? { size } : {}),
    ...(format ? { format } : {}),
    ...(typeof body.output_compression === 'number' ? { compression: body.output_compression } : {}),
    ...(handOver ? { handOver } : {}),
    stream: body.stream === true,
    others: others.filter((name) => body[name] != null && body[name] !== 'auto'),
    own: Object.fromEntries(Object.entries(body).filter(([name, value]) => !openai.has(name) && value !== null)),
  };
}

const formats = ['png', 'jpeg', 'webp'] as const;
const others = ['quality', 'style', 'background', 'moderation', 'user', 'partial_images'];
const openai: ReadonlySet<string> = new Set([
  ...['model', 'prompt', 'n', 'size', 'output_format', 'output_compression', 'response_format', 'stream'],
  ...others,
]);

function countOf(n: unknown): number {
  if (n == null) return 1;
  if (typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= MOST_PICTURES) return n;
  throw badRequest(`'n' must be a whole number from 1 to ${MOST_PICTURES}.`, 'n');
}

function sizeOf(size: unknown): ImageRequest['size'] {
  if (size == null || size === 'auto') return undefined;
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(String(size)) ?? [];
  if (width === undefined || height === undefined) throw badRequest("'size' must be like 1024x1024, or auto.", 'size');
  return { width: Number(width), height: Number(height) };
}

/** What of the usage a caller is told. */
export interface ToldUsage {
  readonly input: number;
  readonly output: number;
}

/** One body, or one event for each picture. */
export function encodeReply(
  pictures: readonly Picture[],
  { handOver, stream }: Pick<ImageRequest, 'handOver' | 'stream'>,
  { created, usage }: { readonly created: number; readonly usage?: ToldUsage },
): { readonly text: string; readonly contentType: string } {
  const data = pictures.map((picture) => shown(picture, handOver));
  const counted = usage ? { usage: usageOf(usage) } : {};
  if (!stream) return { text: JSON.stringify({ created, data, ...counted }), contentType: 'application/json' };
  const events = data.map((picture, at) => {
    const event = { type: 'image_generation.completed', created_at: created, ...picture };
    return `event: ${event.type}\ndata: ${JSON.stringify(at === data.length - 1 ? { ...event, ...counted } : event)}\n\n`;
  });
  return { text: events.join(''), contentType: 'text/event-stream; charset=utf-8' };
}

/** Who wants an address and gets bytes can read them from a `data:` URL. */
function shown({ base64, url, mediaType = 'image/png' }: Picture, handOver: ImageRequest['handOver']): JsonObject {
  if (base64 === undefined) return { url };
  return handOver === 'url' ? { url: `data:${mediaType};base64,${base64}` } : { b64_json: base64 };
}

const usageOf = ({ input, output }: ToldUsage): JsonObject => ({
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
});
