import type { UpstreamFace } from '../../chat/face';
import { decodeReply } from './decode-reply';
import { ConverseStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';

/** AWS's one API for the models of all vendors on Bedrock. No caller speaks it. */
export const bedrockConverseUpstream: UpstreamFace = {
  protocol: 'bedrock-converse',
  encodeRequest,
  decodeReply,
  decodeStream: (quirks) => new ConverseStreamDecoder(quirks),
};
