import type { Route } from '@app/channels';
import { offers, type Quirks } from '@app/providers';
import { arrayAt, isObject, textAt } from '../json';
import { type Glimpse, nothing, type Wire } from '../lanes/wire';
import { openaiChatWire } from '../protocols/openai-chat/wire';
import { readUsage } from '../protocols/openai-chat/usage';
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
        stream_options: ['object'],
      },
    }),

  event: (data, _name, quirks) => (data === '[DONE]' ? { ...nothing, terminal: true } : look(data, quirks)),
  whole: (answer, quirks) => look(answer, quirks),
};

/** OpenAI's models that only chat: asked to complete, it says so with an error. https://platform.openai.com/docs/models */
const onlyChats = /^(gpt-(?!3\.5-turbo-instruct)|chatgpt-|o\d|codex-)/;

/** The upstream completes text itself; any other is asked to chat. */
export const completesText = ({ channel: { provider, settings }, protocol, upstreamModel }: Route): boolean =>
  settings.paths?.completions !== undefined ||
  (offers(provider, protocol, 'completions') && !(isOpenAi.has(provider.id) && onlyChats.test(upstreamModel)));

const isOpenAi: ReadonlySet<string> = new Set(['openai', 'azure-openai']);

function look(data: unknown, quirks: Quirks): Glimpse {
  if (!isObject(data)) return nothing;
  const choices = arrayAt(data, 'choices');
  const usage = readUsage(data.usage, quirks);
  if (data.error != null && data.error !== '') return { ...nothing, error: data.error, usage };
  const textBytes = choices.reduce<number>(
    (bytes, choice) => bytes + Buffer.byteLength(textAt(choice, 'text') ?? ''),
    0,
  );
  const finish = choices.map((choice) => textAt(choice, 'finish_reason')).find((reason) => reason);
  const usageOnly = usage !== undefined && choices.length === 0;
  return { meaningful: textBytes > 0 || finish !== undefined, usage, finish, textBytes, terminal: false, usageOnly };
}
