import type { ClientFace } from '../../chat/face';
import { decodeRequest } from './decode-request';
import { encodeReply } from './encode-reply';
import { MessageStreamEncoder } from './encode-stream';
import { anthropicErrorBody } from './errors';

/** Anthropic Messages to callers: `POST /v1/messages`, and requests of `/v1/messages/count_tokens`. */
export const anthropicMessagesClient: ClientFace = {
  protocol: 'anthropic-messages',
  decodeRequest,
  encodeReply,
  encodeStream: (context) => new MessageStreamEncoder(context),
  errorBody: anthropicErrorBody,
};
