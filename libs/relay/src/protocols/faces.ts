import type { Protocol } from '@app/providers';
import type { ClientFace, UpstreamFace } from '../chat/face';
import type { Wire } from '../lanes/wire';
import { RelayError } from '../relay.errors';
import { anthropicMessagesClient } from './anthropic-messages/client';
import { anthropicMessagesUpstream } from './anthropic-messages/upstream';
import { anthropicMessagesWire } from './anthropic-messages/wire';
import { geminiClient } from './gemini/client';
import { geminiUpstream } from './gemini/upstream';
import { geminiWire } from './gemini/wire';
import { openaiChatClient } from './openai-chat/client';
import { openaiChatUpstream } from './openai-chat/upstream';
import { openaiChatWire } from './openai-chat/wire';
import { openaiResponsesClient } from './openai-responses/client';
import { openaiResponsesUpstream } from './openai-responses/upstream';
import { openaiResponsesWire } from './openai-responses/wire';

/** What there is of each protocol: a face to the caller, a face to the upstream, and its wire for passing bytes through. */
interface Faces {
  readonly wire?: Wire;
  readonly client?: ClientFace;
  readonly upstream?: UpstreamFace;
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

const served = <T>(face: T | undefined, protocol: Protocol): T => {
  if (face === undefined) throw new RelayError('not_found', `The protocol ${protocol} is not served here.`);
  return face;
};

export const wireOf = (protocol: Protocol): Wire => served(faces[protocol].wire, protocol);
export const clientFace = (protocol: Protocol): ClientFace => served(faces[protocol].client, protocol);
export const upstreamFace = (protocol: Protocol): UpstreamFace => served(faces[protocol].upstream, protocol);

/** The protocols a caller of `protocol` can reach: its own, and those it can be translated to. */
export const reachable = (protocol: Protocol): readonly Protocol[] =>
  faces[protocol].client
    ? [protocol, ...(Object.keys(faces) as Protocol[]).filter((other) => other !== protocol && faces[other].upstream)]
    : [protocol];
