import type { UpstreamFace } from '../../chat/face';
import { decodeReply } from './decode-reply';
import { ChatStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';

/** Chat Completions towards the upstream: OpenAI's own, and everyone's who imitates it. */
export const openaiChatUpstream: UpstreamFace = {
  protocol: 'openai-chat',
  encodeRequest,
  decodeReply,
  decodeStream: (quirks) => new ChatStreamDecoder(quirks),
};
