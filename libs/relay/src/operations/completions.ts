import type { Route } from '@app/channels';
import { offers } from '@app/providers';
import { textAt } from '../json';
import { nothing, type Wire } from '../lanes/wire';
import { look, openaiChatWire } from '../protocols/openai-chat/wire';
import type { Body } from '../request/members';
import { checkFields } from './check';

/** Legacy text completions: https://platform.openai.com/docs/api-reference/completions — chat's framing, `text` for `delta`. */
export const completions: Wire = {
  ...openaiChatWire,

  check: (body) =>
    checkFields(body, {
      required: ['prompt'],
      types: {
        prompt: ['string', 'array'],
        stream: ['boolean'],
        max_tokens: ['number'],
        n: ['number'],
        best_of: ['number'],
        stream_options: ['object'],
      },
    }),

  outputLimit(body) {
    const limit = openaiChatWire.outputLimit(body);
    return limit === undefined ? undefined : (limit / countAt(body, 'n')) * generations(body);
  },

  event: (data, name, quirks) =>
    data === '[DONE]' ? { ...nothing, terminal: true } : look(data, quirks, textBytes, name),
  whole: (answer, quirks) => look(answer, quirks, textBytes),
};

const textBytes = (choice: unknown): number => Buffer.byteLength(textAt(choice, 'text') ?? '');

/** Each prompt is answered `n` times, and the best of `best_of` are shown: all of them cost. */
const generations = (body: Body): number => promptsOf(body) * Math.max(countAt(body, 'n'), countAt(body, 'best_of'));

/** A prompt is a text or a list of token numbers; there may be a list of either. */
function promptsOf(body: Body): number {
  if (body.get('prompt')?.type !== 'array') return 1;
  const prompt = body.value('prompt') as readonly unknown[]; // its type says so
  return typeof prompt[0] === 'number' ? 1 : Math.max(1, prompt.length);
}

const countAt = (body: Body, name: string): number => {
  const count = body.value(name);
  return typeof count === 'number' && count > 1 ? count : 1;
};

/** OpenAI's models that only chat: asked to complete, it says so with an error. https://platform.openai.com/docs/models */
const onlyChats = /^(gpt-(?!3\.5-turbo-instruct)|chatgpt-|o\d|codex-)/;

/** The upstream completes text itself; any other is asked to chat. */
export const completesText = ({ channel: { provider, settings }, protocol, upstreamModel }: Route): boolean =>
  settings.paths?.completions !== undefined ||
  (offers(provider, protocol, 'completions') && !(isOpenAi.has(provider.id) && onlyChats.test(upstreamModel)));

const isOpenAi: ReadonlySet<string> = new Set(['openai', 'azure-openai']);
