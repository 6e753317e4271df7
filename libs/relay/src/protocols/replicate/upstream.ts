import type { UpstreamFace } from '../../chat/face';
import { text } from '../../chat/blocks';
import { isObject, textAt } from '../../json';
import { nothing, type Wire } from '../../lanes/wire';
import { decodeStream } from './decode-stream';
import { encodeRequest } from './encode-request';
import { follow } from './follow';
import { failureOf, outputText, readUsage } from './prediction';

/** Language models of Replicate, as predictions. */
export const replicateUpstream: UpstreamFace = {
  protocol: 'replicate',
  encodeRequest,

  decodeReply(prediction) {
    const output = outputText(prediction);
    const finish = { reason: 'stop', raw: textAt(prediction, 'status') } as const;
    return {
      id: textAt(prediction, 'id'),
      candidates: [{ index: 0, blocks: output === '' ? [] : [text(output)], finish }],
      usage: readUsage(prediction),
    };
  },

  decodeStream,
  follow,
};

export const replicateWire: Pick<Wire, 'whole'> = {
  whole(prediction) {
    if (!isObject(prediction)) return nothing;
    const error = failureOf(prediction);
    if (error) return { ...nothing, error };
    const output = outputText(prediction);
    const textBytes = Buffer.byteLength(output);
    return { ...nothing, meaningful: output !== '', usage: readUsage(prediction), finish: 'succeeded', textBytes };
  },
};
