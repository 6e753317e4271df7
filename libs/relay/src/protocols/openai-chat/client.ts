import type { ClientFace } from '../../chat/face';
import { decodeRequest } from './decode-request';
import { losses } from './losses';
import { encodeReply } from './encode-reply';
import { ChatStreamEncoder } from './encode-stream';
import { openaiErrorBody } from '../openai-errors';

/** Chat Completions towards the caller. */
export const openaiChatClient: ClientFace = {
  protocol: 'openai-chat',
  decodeRequest,
  losses,
  encodeReply,
  encodeStream: (context) => new ChatStreamEncoder(context),
  errorBody: openaiErrorBody,
};
