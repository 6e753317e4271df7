import type { ClientFace } from '../../chat/face';
import { openaiErrorBody } from '../openai-errors';
import { decodeRequest } from './decode-request';
import { losses } from './losses';
import { encodeReply } from './encode-reply';
import { ResponseStreamEncoder } from './encode-stream';

/** OpenAI Responses to callers: `POST /v1/responses`. What an answer before this one said has been put into the input already. */
export const openaiResponsesClient: ClientFace = {
  protocol: 'openai-responses',
  decodeRequest,
  losses,
  encodeReply,
  encodeStream: (context) => new ResponseStreamEncoder(context),
  errorBody: openaiErrorBody,
};

export { inputItems, outputItemsToInput } from './stored';
