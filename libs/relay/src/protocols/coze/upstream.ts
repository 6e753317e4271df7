import type { UpstreamFace } from '../../chat/face';
import { isObject } from '../../json';
import { nothing, type Wire } from '../../lanes/wire';
import { AnswerReader } from './answer-reader';
import { encodeRequest } from './encode-request';
import { failure } from './failure';

/** Bots of Coze. */
export const cozeUpstream: UpstreamFace = {
  protocol: 'coze',
  encodeRequest,

  /** Coze answers in a stream, always: a JSON object is an error or says that the bot has begun. */
  decodeReply: () => ({ candidates: [{ index: 0, blocks: [], finish: { reason: 'other' } }] }),

  decodeStream() {
    const reader = new AnswerReader();
    return {
      push(event) {
        reader.read(event);
        return reader.take();
      },
      end: () => reader.take(),
    };
  },
};

export const cozeWire: Pick<Wire, 'whole'> = {
  whole: (answer) =>
    isObject(answer) && typeof answer.code === 'number' && answer.code !== 0
      ? { ...nothing, error: failure(answer) }
      : nothing,
};
