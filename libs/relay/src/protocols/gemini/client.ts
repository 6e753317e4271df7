import type { ClientFace, ReplyContext } from '../../chat/face';
import type { Part, Reducer } from '../../chat/parts';
import { decodeRequest } from './decode-request';
import { losses } from './losses';
import { encodeReply } from './encode-reply';
import { encodeStream } from './encode-stream';
import { geminiErrorBody } from './errors';
import { jsonArray } from './framing';

export const geminiClient: ClientFace = {
  protocol: 'gemini',
  decodeRequest,
  losses,
  encodeReply,
  encodeStream: (context) => encodeStream(context),
  errorBody: geminiErrorBody,
};

/** For callers who stream without `alt=sse`: the same events as one `application/json` array. */
export const encodeArrayStream = (context: ReplyContext): Reducer<Part, string> => encodeStream(context, jsonArray());
