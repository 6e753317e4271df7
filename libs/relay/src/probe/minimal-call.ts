import type { Route } from '@app/channels';
import { isProtocol, type Protocol, type ProviderRecord, quirksOf, type UpstreamProtocol } from '@app/providers';
import { text } from '../chat/blocks';
import type { JsonObject } from '../json';
import { laneOf } from '../lanes';
import { addressOf } from '../lanes/address';
import { fixedRules, withParameters } from '../overrides/parameters';
import { upstreamFace } from '../protocols/faces';
import type { RelayRequest } from '../relay.types';
import { Body } from '../request/members';
import type { UpstreamCall } from '../transport/transport';
import { minimalForm } from './minimal-form';
import type { ProbeOperation } from './probe-operation';

type Minimal = (model: string, stream: boolean) => JsonObject;

const PROMPT = 'Say hi.';
const OUTPUT_TOKENS = 16;

/** The smallest request that makes a model answer, in each protocol. */
const bodies: Readonly<Record<Protocol, Minimal>> = {
  'openai-chat': (model, stream) => ({
    model,
    messages: [{ role: 'user', content: PROMPT }],
    stream,
    ...(speaks.test(model)
      ? { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: stream ? 'pcm16' : 'wav' } }
      : {}),
  }),
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

/** These refuse a chat without sound on either side. https://platform.openai.com/docs/guides/audio */
const speaks = /^gpt-(4o-)?(mini-)?audio/;

/** What the operations besides are asked with, in OpenAI's words. */
const others = {
  completions: (model: string) => ({ model, prompt: PROMPT, max_tokens: OUTPUT_TOKENS }),
  embeddings: (model: string) => ({ model, input: [PROMPT] }),
  rerank: (model: string) => ({ model, query: PROMPT, documents: [PROMPT] }),
  moderations: (model: string) => ({ model, input: PROMPT }),
  images: (model: string) => ({ model, prompt: 'A dot.', ...(/gpt-image/.test(model) ? { quality: 'low' } : {}) }),
  speech: (model: string) => ({ model, input: 'Hi.', voice: 'alloy' }),
} satisfies Partial<Record<ProbeOperation, (model: string) => JsonObject>>;

/** The call that tests the route with the operation. Throws RelayError where the model cannot be asked so. */
export function minimalCall(operation: ProbeOperation, route: Route, stream: boolean): UpstreamCall {
  const { channel, protocol, upstreamModel: model } = route;
  const address = () => addressOf({ operation, stream }, route);
  if (operation === 'chat')
    return { ...address(), body: chatBody(channel.provider, protocol, model, stream), dropped: [] };
  if (operation === 'models') return { ...address(), body: null, dropped: [] };
  if (operation === 'transcriptions') return minimalForm(address(), model);
  return asRelayed(operation, route, others[operation](model));
}

/** Made as a caller's call would be, with all that the channel changes about it. */
function asRelayed(operation: ProbeOperation, route: Route, json: JsonObject): UpstreamCall {
  const body = Body.parse(Buffer.from(JSON.stringify(json)));
  const { upstreamModel: model } = route;
  // No lane looks at who asks.
  const request = {
    ...{ id: 'probe', receivedAt: Date.now(), ip: '', inputTokens: 0, stream: false },
    ...{ operation, protocol: 'openai-chat', model, body },
  } as unknown as RelayRequest;
  return laneOf(request, route).prepare(request, route).call;
}

function chatBody({ members }: ProviderRecord, protocol: UpstreamProtocol, model: string, stream: boolean): Buffer {
  const body = isProtocol(protocol) ? bodies[protocol](model, stream) : encoded(protocol, model, stream);
  return Buffer.from(JSON.stringify(withParameters(body, fixedRules(members?.[protocol] ?? {}))));
}

function encoded(protocol: UpstreamProtocol, model: string, stream: boolean): JsonObject {
  const turns = [{ role: 'user' as const, blocks: [text(PROMPT)] }];
  const sampling = { maxOutputTokens: OUTPUT_TOKENS };
  const request = { model, stream, system: [], turns, tools: [], sampling, meta: {}, extensions: [] };
  return upstreamFace(protocol).encodeRequest(request, quirksOf({}, protocol)).body;
}
