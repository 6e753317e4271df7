import type { SseEvent } from '@app/core';
import type { Part, Reducer } from '../../chat/parts';
import { TextParts } from '../../chat/text-parts';
import { parseJson, textAt } from '../../json';

/** https://replicate.com/docs/topics/predictions/streaming — the data of `output` is text, not JSON. No usage is told. */
export function decodeStream(): Reducer<SseEvent, Part> {
  const parts = new TextParts();
  const on: Readonly<Record<string, (data: string) => void>> = {
    output: (data) => parts.text(data),
    error: (data) =>
      parts.error({
        code: 'prediction_failed',
        message: textAt(parseJson(data), 'detail') ?? 'The prediction failed.',
      }),
    done(data) {
      const reason = textAt(parseJson(data), 'reason');
      if (reason === undefined) parts.finish({ reason: 'stop', raw: 'done' });
      else parts.error({ code: `prediction_${reason}`, message: `The prediction ended: ${reason}.` });
    },
  };
  return {
    push({ event = '', data }) {
      if (Object.hasOwn(on, event)) on[event]?.(data);
      return parts.take();
    },
    end: () => parts.take(),
  };
}
