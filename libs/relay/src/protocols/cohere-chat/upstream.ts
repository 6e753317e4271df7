import type { UpstreamFace } from '../../chat/face';
import { decodeReply } from './decode-reply';
import { CohereStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';

/** Cohere's own chat, version 2. No caller speaks it. https://docs.cohere.com/reference/chat */
export const cohereChatUpstream: UpstreamFace = {
  protocol: 'cohere-chat',
  encodeRequest,
  decodeReply,
  decodeStream: () => new CohereStreamDecoder(),
};
