import { tokens, type Usage } from '../chat/usage';
import { type JsonObject, numberAt, objectAt, textAt } from '../json';
import { type Glimpse, nothing, type Wire } from '../lanes/wire';
import { tokensOfBytes } from '../request/estimate';
import type { Body } from '../request/members';
import { checkFields } from './check';
import { failureFrame, unlessError } from './openai-events';

/** gpt-4o-mini-tts: $12 per million tokens of sound come to $0.015 a minute. */
const TOKENS_PER_SECOND = 1250 / 60;
/** Read aloud, in any script: a second of English has 15 letters, one of Chinese five characters of three bytes. */
const TEXT_BYTES_PER_SECOND = 15;

/** Of the formats as OpenAI makes them: 24 kHz mono. */
const bytesPerSecond: Readonly<Record<string, number>> = {
  pcm: 48_000,
  wav: 48_000,
  flac: 24_000,
  mp3: 20_000,
  aac: 8_000,
  opus: 6_000,
};

/**
 * Text to sound: https://platform.openai.com/docs/api-reference/audio/createSpeech — the answer is the sound itself and says
 * nothing of usage; with `stream_format: sse` it comes as `speech.audio.delta` events, and `speech.audio.done` counts tokens.
 */
export const speech: Wire = {
  protocol: 'openai-chat',
  terminator: '',
  isRaw: true,

  check: (body) =>
    checkFields(body, {
      required: ['input'],
      types: {
        input: ['string'],
        voice: ['string', 'object'],
        response_format: ['string'],
        stream_format: ['string'],
        speed: ['number'],
      },
    }),

  wantsStream: (body) => body.value('stream_format') === 'sse',
  outputLimit: () => 0,
  alsoHolds: (body) => ({ ...said(body), audioOut: soundTokens(textBytes(body) / TEXT_BYTES_PER_SECOND) }),
  asked: said,
  wantsUsage: () => true,
  askForUsage: () => [],

  estimate(body, generatedBytes) {
    const bytes = body.value('stream_format') === 'sse' ? generatedBytes * 0.75 : generatedBytes;
    const rate = bytesPerSecond[String(body.value('response_format') ?? 'mp3')] ?? 20_000;
    return { input: tokensOfBytes(textBytes(body)), output: 0, audioOut: soundTokens(bytes / rate), ...said(body) };
  },

  event: (data) => unlessError(data, (event) => (eventKinds[textAt(event, 'type') ?? ''] ?? other)(event)),
  whole: (answer) => unlessError(answer, () => nothing),
  failureFrame,
};

const other = (): Glimpse => nothing;

const eventKinds: Readonly<Record<string, (event: JsonObject) => Glimpse>> = {
  'speech.audio.delta': (event) => ({ ...nothing, meaningful: true, textBytes: textAt(event, 'audio')?.length ?? 0 }),
  'speech.audio.done': (event) => ({
    ...nothing,
    meaningful: true,
    finish: 'done',
    usage: usageOf(event),
    terminal: true,
  }),
};

function usageOf(event: JsonObject): Usage | undefined {
  const usage = objectAt(event, 'usage');
  const input = numberAt(usage, 'input_tokens');
  const output = numberAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  return { input: tokens(input ?? 0), output: 0, audioOut: tokens(output ?? 0) };
}

const soundTokens = (seconds: number): number => tokens(Math.ceil(seconds * TOKENS_PER_SECOND));

const textOf = (body: Body): string => String(body.value('input') ?? '');
const textBytes = (body: Body): number => Buffer.byteLength(textOf(body));

/** What is billed by the character is counted as Unicode does. */
function said(body: Body): { readonly characters: number } {
  let characters = 0;
  for (const _ of textOf(body)) characters += 1;
  return { characters };
}
