import { tokens, type Usage } from '../chat/usage';
import { type JsonObject, numberAt, objectAt, textAt } from '../json';
import { type Glimpse, nothing, type Wire } from '../lanes/wire';
import { badRequest } from '../relay.errors';
import { tokensOfBytes } from '../request/estimate';
import type { Body } from '../request/members';
import { checkFields } from './check';
import { failureFrame, unlessError } from './openai-events';

/** What OpenAI's own models count: 600 tokens for a minute of sound. */
const TOKENS_PER_SECOND = 10;
/** Nobody speaks faster: a recording that made more text is longer than it claims. */
const MOST_TEXT_BYTES_PER_SECOND = 50;
const TEXT_TOKENS_PER_SECOND = 5;

/**
 * Sound to text: https://platform.openai.com/docs/api-reference/audio — whisper bills the seconds, the newer models tokens, and
 * subtitles and plain text say nothing of either. Streamed: `transcript.text.delta`, `transcript.text.done`.
 */
export const transcriptions: Wire = {
  protocol: 'openai-chat',
  terminator: '',

  check(body) {
    checkFields(body, {
      required: ['file'],
      types: { stream: ['boolean'], response_format: ['string'], prompt: ['string'], language: ['string'] },
    });
    if (body.get('file')?.type !== 'object') throw badRequest("'file' must be one file of the form.", 'file');
  },

  outputLimit: (body) => Math.ceil(secondsOf(body) * TEXT_TOKENS_PER_SECOND),
  alsoHolds: (body) => heard(secondsOf(body)),
  wantsUsage: () => true,
  askForUsage: () => [],
  isPlain: (body, contentType) =>
    ['text', 'srt', 'vtt'].includes(String(body.value('response_format'))) && !contentType.includes('html'),

  estimate: (body, textBytes) => ({
    input: tokensOfBytes(body.get('prompt') ? String(body.value('prompt')).length : 0),
    output: tokensOfBytes(textBytes),
    ...heard(Math.max(secondsOf(body), textBytes / MOST_TEXT_BYTES_PER_SECOND)),
  }),

  event: (data) => unlessError(data, (event) => (eventKinds[textAt(event, 'type') ?? ''] ?? other)(event)),

  whole: (answer) =>
    unlessError(answer, (transcript) => ({
      ...nothing,
      // Silence is an answer.
      meaningful: textAt(transcript, 'text') !== undefined,
      textBytes: textBytes(transcript, 'text'),
      usage: usageOf(transcript),
    })),

  failureFrame,
};

const other = (): Glimpse => nothing;

const eventKinds: Readonly<Record<string, (event: JsonObject) => Glimpse>> = {
  'transcript.text.delta': (event) => {
    const bytes = textBytes(event, 'delta');
    return { ...nothing, meaningful: bytes > 0, textBytes: bytes };
  },
  'transcript.text.segment': () => ({ ...nothing, meaningful: true }),
  'transcript.text.done': (event) => ({
    ...nothing,
    meaningful: true,
    finish: 'done',
    usage: usageOf(event),
    terminal: true,
  }),
};

const textBytes = (object: JsonObject, name: string): number => Buffer.byteLength(textAt(object, name) ?? '');

/**
 * `usage` counts tokens or seconds; before there was one, only `verbose_json` told how long the recording is. Mistral counts both,
 * and leaves the tokens of the sound to be what is missing from the total: https://docs.mistral.ai/capabilities/audio
 */
function usageOf(answer: JsonObject): Usage | undefined {
  const usage = objectAt(answer, 'usage');
  const duration =
    numberAt(usage, 'seconds') ?? numberAt(usage, 'prompt_audio_seconds') ?? numberAt(answer, 'duration');
  const counted = usage && (inclusive(usage) ?? besides(usage));
  if (counted) return { ...counted, seconds: tokens(Math.ceil(duration ?? counted.audioIn / TOKENS_PER_SECOND)) };
  if (duration === undefined) return undefined;
  return { input: 0, output: tokensOfBytes(textBytes(answer, 'text')), ...heard(duration) };
}

type Counted = Usage & { readonly audioIn: number };

function inclusive(usage: JsonObject): Counted | undefined {
  const input = numberAt(usage, 'input_tokens');
  if (input === undefined) return undefined;
  const text = Math.min(tokens(numberAt(objectAt(usage, 'input_token_details'), 'text_tokens') ?? 0), tokens(input));
  return { input: text, audioIn: tokens(input) - text, output: tokens(numberAt(usage, 'output_tokens') ?? 0) };
}

function besides(usage: JsonObject): Counted | undefined {
  const input = numberAt(usage, 'prompt_tokens');
  if (input === undefined) return undefined;
  const output = numberAt(usage, 'completion_tokens') ?? 0;
  const total = numberAt(usage, 'total_tokens') ?? 0;
  return { input: tokens(input), audioIn: tokens(total - input - output), output: tokens(output) };
}

/** The seconds, and the tokens that stand for them where a price knows only tokens. */
function heard(duration: number): { readonly seconds: number; readonly audioIn: number } {
  const seconds = tokens(Math.ceil(duration));
  return { seconds, audioIn: seconds * TOKENS_PER_SECOND };
}

const secondsOf = (body: Body): number => numberAt(body.value('file'), 'seconds') ?? 0;
