import {
  isProtocol,
  offers,
  type Operation,
  type Protocol,
  type ProviderRecord,
  quirksOf,
  type UpstreamProtocol,
} from '@app/providers';
import { text } from '../chat/blocks';
import type { JsonObject } from '../json';
import { fixedRules, withParameters } from '../overrides/parameters';
import { upstreamFace } from '../protocols/faces';

type Minimal = (model: string, stream: boolean) => JsonObject;

const PROMPT = 'Say hi.';
const OUTPUT_TOKENS = 16;

/** The smallest request that makes a model answer, in each protocol. */
const bodies: Readonly<Record<Protocol, Minimal>> = {
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

/** Where nothing generates: what a model for retrieval answers. */
const others = {
  embeddings: (model: string) => ({ model, input: [PROMPT] }),
  rerank: (model: string) => ({ model, query: PROMPT, documents: [PROMPT] }),
} satisfies Partial<Record<Operation, (model: string) => JsonObject>>;

/** What a model is tested with. Vendors of retrieval call their rerankers so. */
export function probeOperation(
  provider: ProviderRecord,
  protocol: UpstreamProtocol,
  model: string,
): 'chat' | keyof typeof others {
  if (offers(provider, protocol, 'chat')) return 'chat';
  return /rerank/i.test(model) ? 'rerank' : 'embeddings';
}

export const minimalRetrieval = (operation: keyof typeof others, model: string): Buffer =>
  Buffer.from(JSON.stringify(others[operation](model)));

export function minimalCall(
  { members }: ProviderRecord,
  protocol: UpstreamProtocol,
  model: string,
  stream: boolean,
): Buffer {
  const body = isProtocol(protocol) ? bodies[protocol](model, stream) : encoded(protocol, model, stream);
  return Buffer.from(JSON.stringify(withParameters(body, fixedRules(members?.[protocol] ?? {}))));
}

function encoded(protocol: UpstreamProtocol, model: string, stream: boolean): JsonObject {
  const turns = [{ role: 'user' as const, blocks: [text(PROMPT)] }];
  const sampling = { maxOutputTokens: OUTPUT_TOKENS };
  const request = { model, stream, system: [], turns, tools: [], sampling, meta: {}, extensions: [] };
  return upstreamFace(protocol).encodeRequest(request, quirksOf({}, protocol)).body;
}
