import type { ProviderRecord, UpstreamProtocol } from '@app/providers';
import type { JsonObject } from '../json';
import { fixedRules, withParameters } from '../overrides/parameters';

type Minimal = (model: string, stream: boolean) => JsonObject;

const PROMPT = 'Say hi.';
const OUTPUT_TOKENS = 16;

/** The smallest request that makes a model answer, in each protocol. */
const bodies: Readonly<Record<UpstreamProtocol, Minimal>> = {
  'openai-chat': (model, stream) => ({ model, messages: [{ role: 'user', content: PROMPT }], stream }),
  'openai-responses': (model, stream) => ({ model, input: PROMPT, max_output_tokens: OUTPUT_TOKENS, stream }),
  'anthropic-messages': (model, stream) => ({
    model,
    max_tokens: OUTPUT_TOKENS,
    messages: [{ role: 'user', content: PROMPT }],
    stream,
  }),
  gemini: () => ({
    contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
    generationConfig: { maxOutputTokens: OUTPUT_TOKENS },
  }),
};

export function minimalCall(
  { members }: ProviderRecord,
  protocol: UpstreamProtocol,
  model: string,
  stream: boolean,
): Buffer {
  return Buffer.from(
    JSON.stringify(withParameters(bodies[protocol](model, stream), fixedRules(members?.[protocol] ?? {}))),
  );
}
