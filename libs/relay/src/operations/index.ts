/** operations: what is asked of an upstream besides chat, each with its own look at requests, answers and usage. */
import type { Operation, Protocol, UpstreamProtocol } from '@app/providers';
import type { Wire } from '../lanes/wire';
import { reachable, wireOf } from '../protocols/faces';
import type { Body } from '../request/members';
import { completions } from './completions';
import { countTokens } from './count-tokens';
import { embeddings } from './embeddings';
import { batchEmbedContents, embedContent } from './gemini-embeddings';
import { imageEdits, images, imageVariations } from './images';
import { moderations } from './moderations';
import { rerank } from './rerank';
import { speech } from './speech';
import { transcriptions } from './transcriptions';

const wires: Readonly<Partial<Record<Operation, Wire>>> = {
  completions,
  embeddings,
  images,
  'image-edits': imageEdits,
  'image-variations': imageVariations,
  moderations,
  rerank,
  speech,
  transcriptions,
  translations: transcriptions,
};

/** Operations whose bytes differ by protocol. */
const wiresOf: Readonly<Partial<Record<Protocol, Partial<Record<Operation, Wire>>>>> = {
  'anthropic-messages': { 'count-tokens': countTokens['anthropic-messages'] },
  gemini: { 'count-tokens': countTokens.gemini, embeddings: embedContent, 'batch-embeddings': batchEmbedContents },
};

/** How a call's bytes are read: by its operation, and for chat by its protocol. */
export const wireFor = ({
  operation,
  protocol,
}: {
  readonly operation: Operation;
  readonly protocol: Protocol;
}): Wire => wiresOf[protocol]?.[operation] ?? wires[operation] ?? wireOf(protocol);

/** Whether a call's answer is to come in events, where its body says so. */
export function wantsStream(operation: Operation, body: Body): boolean {
  return wires[operation]?.wantsStream?.(body) ?? body.value('stream') === true;
}

/** What an operation can be translated to besides chat's own reach. */
const reaches: Readonly<Partial<Record<Operation, readonly UpstreamProtocol[]>>> = {
  'count-tokens': ['anthropic-messages', 'gemini', 'bedrock-converse'],
  embeddings: ['openai-chat', 'gemini', 'bedrock-converse'],
  'batch-embeddings': ['openai-chat', 'gemini', 'bedrock-converse'],
  images: ['openai-chat', 'gemini', 'replicate'],
};

/** What a channel has to offer for an operation: whoever chats can be made to complete a text. */
export const neededFor = (operation: Operation | undefined): Operation | undefined =>
  operation === 'completions' ? 'chat' : operation;

/** The protocols over which a call can be made, its own first. What has no neutral form needs an upstream that speaks it itself. */
export function reachableFor(operation: Operation, protocol: Protocol): readonly UpstreamProtocol[] {
  if (operation === 'chat' || operation === 'completions') return reachable(protocol);
  const others = reaches[operation];
  return others ? [protocol, ...others.filter((other) => other !== protocol)] : [protocol];
}
