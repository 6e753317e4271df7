import { type Protocol, protocols, type UpstreamProtocol, upstreamProtocols } from '@app/providers';
import type { ClientFace, UpstreamFace } from '../chat/face';
import type { Wire } from '../lanes/wire';
import { anthropicMessagesClient } from './anthropic-messages/client';
import { anthropicMessagesUpstream } from './anthropic-messages/upstream';
import { anthropicMessagesWire } from './anthropic-messages/wire';
import { cohereChatUpstream } from './cohere-chat/upstream';
import { cohereChatWire } from './cohere-chat/wire';
import { cozeUpstream, cozeWire } from './coze/upstream';
import { difyUpstream, difyWire } from './dify/upstream';
import { bedrockConverseUpstream } from './bedrock-converse/upstream';
import { bedrockConverseWire } from './bedrock-converse/wire';
import { geminiClient } from './gemini/client';
import { geminiUpstream } from './gemini/upstream';
import { geminiWire } from './gemini/wire';
import { openaiChatClient } from './openai-chat/client';
import { openaiChatUpstream } from './openai-chat/upstream';
import { openaiChatWire } from './openai-chat/wire';
import { openaiResponsesClient } from './openai-responses/client';
import { openaiResponsesUpstream } from './openai-responses/upstream';
import { openaiResponsesWire } from './openai-responses/wire';
import { replicateUpstream, replicateWire } from './replicate/upstream';

/** What there is of each protocol: a face to the caller, a face to the upstream, and its wire for passing bytes through. */
interface Faces extends UpstreamFaces {
  readonly wire: Wire;
  readonly client: ClientFace;
}

/** What it takes to speak a protocol to an upstream; `wire` tells an error from an answer. */
interface UpstreamFaces {
  readonly wire: Pick<Wire, 'whole'>;
  readonly upstream: UpstreamFace;
}

const faces: Readonly<Record<Protocol, Faces>> = {
  'openai-chat': { wire: openaiChatWire, client: openaiChatClient, upstream: openaiChatUpstream },
  'openai-responses': { wire: openaiResponsesWire, client: openaiResponsesClient, upstream: openaiResponsesUpstream },
  'anthropic-messages': {
    wire: anthropicMessagesWire,
    client: anthropicMessagesClient,
    upstream: anthropicMessagesUpstream,
  },
  gemini: { wire: geminiWire, client: geminiClient, upstream: geminiUpstream },
};

/** Protocols that only upstreams speak stand here beside the others. */
const upstreamFaces: Readonly<Record<UpstreamProtocol, UpstreamFaces>> = {
  ...faces,
  dify: { wire: difyWire, upstream: difyUpstream },
  coze: { wire: cozeWire, upstream: cozeUpstream },
  replicate: { wire: replicateWire, upstream: replicateUpstream },
  'cohere-chat': { wire: cohereChatWire, upstream: cohereChatUpstream },
  'bedrock-converse': { wire: bedrockConverseWire, upstream: bedrockConverseUpstream },
};

export const wireOf = (protocol: Protocol): Wire => faces[protocol].wire;
export const clientFace = (protocol: Protocol): ClientFace => faces[protocol].client;
export const upstreamFace = (protocol: UpstreamProtocol): UpstreamFace => upstreamFaces[protocol].upstream;
export const upstreamWire = (protocol: UpstreamProtocol): Pick<Wire, 'whole'> => upstreamFaces[protocol].wire;

/** The protocols a caller of `protocol` can reach: its own, and those it can be translated to. */
export const reachable = (protocol: Protocol): readonly UpstreamProtocol[] => reach[protocol];

const reach = Object.fromEntries(
  protocols.map((own) => [own, [own, ...upstreamProtocols.filter((other) => other !== own)]]),
) as Record<Protocol, UpstreamProtocol[]>; // one entry for each of `protocols`
