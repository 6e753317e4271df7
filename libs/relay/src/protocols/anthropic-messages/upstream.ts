import type { UpstreamFace } from '../../chat/face';
import { decodeReply } from './decode-reply';
import { MessageStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';

/**
 * Anthropic Messages of upstreams: Anthropic itself, Claude on other clouds (which take the same body with other fields around it),
 * and vendors who imitate the protocol.
 */
export const anthropicMessagesUpstream: UpstreamFace = {
  protocol: 'anthropic-messages',
  encodeRequest,
  decodeReply,
  decodeStream: (quirks) => new MessageStreamDecoder(quirks),
};

export { countTokensBody } from './encode-request';
