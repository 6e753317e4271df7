import { isObject, objectAt, arrayAt, textAt } from '../../json';
import { type Glimpse, nothing, type Wire } from '../../lanes/wire';
import { usageOf } from './usage';

/** No caller speaks Converse: of its answers only the unstreamed one is looked at besides the translation. */
export const bedrockConverseWire: Pick<Wire, 'whole'> = {
  whole(answer, quirks): Glimpse {
    if (!isObject(answer)) return nothing;
    const message = objectAt(objectAt(answer, 'output'), 'message');
    if (!message) return { ...nothing, error: answer };
    const content = arrayAt(message, 'content');
    const finish = textAt(answer, 'stopReason') || undefined;
    return {
      ...nothing,
      meaningful: content.length > 0 || finish !== undefined,
      textBytes: content.reduce<number>((sum, block) => sum + generatedBytes(block), 0),
      finish,
      usage: usageOf(answer, quirks),
    };
  },
};

/** Text, thoughts and the input of tools. */
function generatedBytes(block: unknown): number {
  const thought = textAt(objectAt(objectAt(block, 'reasoningContent'), 'reasoningText'), 'text');
  const input = objectAt(objectAt(block, 'toolUse'), 'input');
  const cited = arrayAt(objectAt(block, 'citationsContent'), 'content').map((part) => textAt(part, 'text') ?? '');
  const texts = [textAt(block, 'text') ?? '', thought ?? '', input ? JSON.stringify(input) : '', ...cited];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
