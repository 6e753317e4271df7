import type { UpstreamFace } from '../../chat/face';
import { decodeReply } from './decode-reply';
import { decodeStream } from './decode-stream';
import { encodeRequest } from './encode-request';

export const geminiUpstream: UpstreamFace = { protocol: 'gemini', encodeRequest, decodeReply, decodeStream };
