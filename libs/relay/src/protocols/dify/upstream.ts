import { Fold } from '../../chat/fold';
import type { UpstreamFace } from '../../chat/face';
import { isObject, objectAt, parseJson, textAt } from '../../json';
import { nothing, type Wire } from '../../lanes/wire';
import { AnswerReader } from './answer-reader';
import { encodeRequest } from './encode-request';
import { failure, isFailure } from './failure';
import { readUsage } from './usage';

/** Apps of Dify: chat, agents and chatflows. */
export const difyUpstream: UpstreamFace = {
  protocol: 'dify',
  encodeRequest,

  decodeReply(answer) {
    const reader = new AnswerReader();
    const fold = new Fold();
    reader.readWhole(answer);
    for (const part of reader.take()) fold.push(part);
    return fold.reply();
  },

  decodeStream() {
    const reader = new AnswerReader();
    return {
      push({ data }) {
        const event = parseJson(data);
        if (isObject(event)) reader.read(event);
        return reader.take();
      },
      end: () => reader.take(),
    };
  },
};

export const difyWire: Pick<Wire, 'whole'> = {
  whole(answer) {
    if (!isObject(answer)) return nothing;
    if (isFailure(answer)) return { ...nothing, error: failure(answer) };
    const text = textAt(answer, 'answer') ?? '';
    const usage = readUsage(objectAt(answer, 'metadata')?.usage);
    return { ...nothing, meaningful: text !== '', usage, finish: 'message_end', textBytes: Buffer.byteLength(text) };
  },
};
