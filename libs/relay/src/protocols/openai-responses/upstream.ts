import type { UpstreamFace } from '../../chat/face';
import { decodeReply } from './decode-reply';
import { ResponseStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';

/** OpenAI Responses of upstreams: OpenAI itself, the same on other clouds, and vendors who imitate it. */
export const openaiResponsesUpstream: UpstreamFace = {
  protocol: 'openai-responses',
  encodeRequest,
  decodeReply,
  decodeStream: (quirks) => new ResponseStreamDecoder(quirks),
};
