import type { ClientFace } from '../../chat/face';
import { decodeRequest } from './decode-request';
import { losses } from './losses';
import { encodeReply } from './encode-reply';
import { MessageStreamEncoder } from './encode-stream';
import { anthropicErrorBody } from './errors';

/** Anthropic Messages to callers: `POST /v1/messages`, and requests of `/v1/messages/count_tokens`. */
export const anthropicMessagesClient: ClientFace = {
  protocol: 'anthropic-messages',
  decodeRequest,
  losses,
  encodeReply,
  encodeStream: (context) => new MessageStreamEncoder(context),
  errorBody: anthropicErrorBody,
};
