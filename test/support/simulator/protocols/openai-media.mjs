// @ts-check
/** Sound and pictures. https://platform.openai.com/docs/api-reference/audio and /images */
import { tokens } from '../answer.mjs';
import { content, emptyRequest, framing } from './face.mjs';
import { openaiFace } from './openai.mjs';

/**
 * @typedef {import('./face.mjs').Json} Json
 * @typedef {import('./face.mjs').Endpoint} Endpoint
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('../form.mjs').FormFile} FormFile
 */

/** A transparent pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const TOKENS_PER_PICTURE = 1_000;
const TOKENS_PER_INPUT_PICTURE = 300;
const BYTES_PER_AUDIO_TOKEN = 100;

/** @param {Json} event */
const sse = (event) => `data: ${JSON.stringify(event)}\n\n`;

/** @param {Json} body @returns {readonly FormFile[]} */
const files = (body) => body.$files ?? [];

/** @param {Json} body */
const isTrue = (body) => body.stream === true || body.stream === 'true';

/**
 * Says what it was given: `speech.wav 1234 bytes`.
 * @param {string} task
 * @returns {Endpoint}
 */
const transcription = (task) => ({
  method: 'POST',
  path: new RegExp(`^/v1/audio/${task}$`),
  face: openaiFace,
  read: (body) => ({
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: isTrue(body),
    prompt: String(body.prompt ?? ''),
    lastText: files(body)
      .map((file) => `${file.filename} ${file.bytes} bytes`)
      .join(' and '),
  }),
  plain: (_request, answer, body) => plainTranscript(answer.pieces.join(''), body.response_format),
  reply: (_request, answer, body) => {
    const text = answer.pieces.join('');
    if (body.response_format === 'verbose_json')
      return { task: 'transcribe', language: 'english', duration: 36.7, text, segments: [], ...usage(body, answer) };
    if (body.response_format === 'diarized_json')
      return { task: 'transcribe', duration: 36.7, text, segments: [segment(text)], ...usage(body, answer) };
    return { text, ...usage(body, answer) };
  },
  frames: (_request, answer, body) => [
    ...answer.pieces.map((delta) => content(sse({ type: 'transcript.text.delta', delta }))),
    framing(sse({ type: 'transcript.text.done', text: answer.pieces.join(''), ...usage(body, answer) })),
  ],
});

/** @param {string} text */
const segment = (text) => ({ type: 'transcript.text.segment', id: 'seg_0', speaker: 'A', start: 0, end: 3.1, text });

/**
 * @param {string} text
 * @param {unknown} format
 */
function plainTranscript(text, format) {
  if (format === 'text') return { contentType: 'text/plain; charset=utf-8', bytes: Buffer.from(`${text}\n`) };
  if (format === 'srt')
    return {
      contentType: 'text/plain; charset=utf-8',
      bytes: Buffer.from(`1\n00:00:00,000 --> 00:00:03,700\n${text}\n\n`),
    };
  if (format === 'vtt')
    return { contentType: 'text/vtt', bytes: Buffer.from(`WEBVTT\n\n00:00.000 --> 00:03.700\n${text}\n\n`) };
  return null;
}

/**
 * Whisper's kind of models count seconds, the others tokens.
 * @param {Json} body
 * @param {import('../answer.mjs').Answer} answer
 */
function usage(body, answer) {
  if (!answer.usage) return {};
  if (String(body.model).includes('whisper')) return { usage: { type: 'duration', seconds: 37 } };
  const audio = Math.ceil(files(body).reduce((sum, file) => sum + file.bytes, 0) / BYTES_PER_AUDIO_TOKEN);
  const { input, output } = answer.usage;
  return {
    usage: {
      type: 'tokens',
      input_tokens: audio + input,
      input_token_details: { text_tokens: input, audio_tokens: audio },
      output_tokens: output,
      total_tokens: audio + input + output,
    },
  };
}

/** @type {Readonly<Record<string, string>>} */
const SOUND_TYPES = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** Bytes that are no text, one chunk for each piece of what is said. @param {string} piece */
const sound = (piece) => Buffer.concat([Buffer.from([0xff, 0xfb, 0x00, 0xc3]), Buffer.from(piece)]);

/** @type {Endpoint} */
const speech = {
  method: 'POST',
  path: /^\/v1\/audio\/speech$/,
  face: openaiFace,
  read: (body) => ({
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: body.stream_format === 'sse',
    prompt: String(body.input ?? ''),
    lastText: String(body.input ?? ''),
  }),
  sound: (_request, answer, body) => ({
    contentType: SOUND_TYPES[body.response_format ?? 'mp3'] ?? 'audio/mpeg',
    chunks: answer.pieces.map(sound),
  }),
  reply: () => ({}),
  frames: (_request, answer) => [
    ...answer.pieces.map((piece) =>
      content(sse({ type: 'speech.audio.delta', audio: sound(piece).toString('base64') })),
    ),
    framing(sse({ type: 'speech.audio.done', ...(answer.usage && { usage: speechUsage(answer.usage) }) })),
  ],
};

/** @param {import('../answer.mjs').Usage} usage */
const speechUsage = ({ input, output }) => ({
  input_tokens: input,
  output_tokens: output * 10,
  total_tokens: input + output * 10,
});

/**
 * @param {string} path
 * @param {string} event
 * @returns {Endpoint}
 */
const pictures = (path, event) => ({
  method: 'POST',
  path: new RegExp(`^/v1/images/${path}$`),
  face: openaiFace,
  read: (body) => ({
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: isTrue(body),
    prompt: String(body.prompt ?? ''),
    lastText: String(body.prompt ?? ''),
    images: files(body).length,
  }),
  reply: (_request, answer, body) => ({
    created: 1_700_000_000,
    data: Array.from({ length: Number(body.n ?? 1) }, () => ({ b64_json: PIXEL })),
    ...pictureUsage(answer, body, Number(body.n ?? 1)),
  }),
  frames: (_request, answer, body) => [
    ...Array.from({ length: Number(body.partial_images ?? 0) }, (_, index) =>
      content(named({ type: `${event}.partial_image`, b64_json: PIXEL, partial_image_index: index })),
    ),
    content(named({ type: `${event}.completed`, b64_json: PIXEL, ...pictureUsage(answer, body, 1) })),
  ],
});

/** @param {Json} event */
const named = (event) => `event: ${event.type}\n${sse(event)}`;

/**
 * @param {import('../answer.mjs').Answer} answer
 * @param {Json} body
 * @param {number} made
 */
function pictureUsage(answer, body, made) {
  if (!answer.usage) return {};
  const text = tokens(String(body.prompt ?? ''));
  const given = files(body).length * TOKENS_PER_INPUT_PICTURE;
  const output = made * TOKENS_PER_PICTURE;
  return {
    usage: {
      input_tokens: text + given,
      input_tokens_details: { text_tokens: text, image_tokens: given },
      output_tokens: output,
      total_tokens: text + given + output,
    },
  };
}

/** @type {readonly Endpoint[]} */
export const openaiMedia = [
  transcription('transcriptions'),
  transcription('translations'),
  speech,
  pictures('generations', 'image_generation'),
  pictures('edits', 'image_edit'),
  pictures('variations', 'image_variation'),
];
