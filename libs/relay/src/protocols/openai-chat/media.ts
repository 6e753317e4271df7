import type { AudioBlock, ImageBlock, Signature, Source } from '../../chat/blocks';
import type { JsonObject } from '../../json';

/** A URL as OpenAI's content parts have it: bytes when it is a `data:` URL. */
export function sourceOf(url: string): Source {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  if (comma < 0) return { kind: 'url', url };
  const [mediaType, ...parameters] = url.slice('data:'.length, comma).split(';');
  const body = url.slice(comma + 1);
  const data = parameters.includes('base64') ? unbroken(body) : Buffer.from(unescaped(body), 'utf8').toString('base64');
  return { kind: 'data', mediaType: mediaType || 'text/plain', data };
}

export const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`;

/** base64 without line breaks. */
export const unbroken = (data: string): string => (data.includes('\n') ? data.replace(/\s+/g, '') : data);

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `format` of OpenAI's audio, as media types. */
const audioTypes: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['pcm16', 'audio/pcm'],
]);
const audioFormats: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/x-mp3': 'mp3',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/pcm': 'pcm16',
};

export const audioType = (format: string): string => audioTypes.get(format) ?? `audio/${format}`;

export function audioFormat(mediaType: string): string {
  const [type = ''] = mediaType.split(';');
  return audioFormats[type] ?? type.slice(type.indexOf('/') + 1);
}

/** How base64 of these containers begins. Answers do not name their format; without a container they are PCM. */
const audioOpenings: readonly (readonly [string, string])[] = [
  ['UklGR', 'audio/wav'],
  ['SUQz', 'audio/mpeg'],
  ['//', 'audio/mpeg'],
  ['ZkxhQ', 'audio/flac'],
  ['T2dnUw', 'audio/ogg'],
];

export const sniffAudio = (data: string): string =>
  audioOpenings.find(([opening]) => data.startsWith(opening))?.[1] ?? 'audio/pcm';

/** An image a model made: an entry of `images`, as OpenRouter spells it. */
export const encodeImage = ({ source, signature }: ImageBlock): JsonObject => ({
  type: 'image_url',
  image_url: { url: urlOf(source) },
  ...(signature?.issuer === 'gemini' ? extraContent(signature) : {}),
});

/** https://ai.google.dev/gemini-api/docs/thought-signatures */
export const extraContent = ({ value }: Signature): JsonObject => ({
  extra_content: { google: { thought_signature: value } },
});

/** A spoken answer. https://platform.openai.com/docs/guides/audio */
export const encodeAudio = ({ source, transcript, id, expiresAt }: AudioBlock): JsonObject => ({
  id: id ?? '',
  data: source.kind === 'data' ? source.data : '',
  expires_at: expiresAt ?? 0,
  transcript: transcript ?? '',
});

function urlOf(source: Source): string {
  if (source.kind === 'data') return dataUrl(source.mediaType, source.data);
  if (source.kind === 'url') return source.url;
  return source.kind === 'file' ? source.id : '';
}
