import { bucketsOf, countAt, type Usage } from '../../chat/usage';
import { type JsonObject, objectAt, textAt } from '../../json';

const ended: ReadonlySet<unknown> = new Set(['succeeded', 'failed', 'canceled', 'aborted']);

/** `starting` and `processing` are not the end. */
export const isOver = (prediction: JsonObject): boolean => ended.has(prediction.status);

/** Language models give their text in pieces, or whole. */
export function outputText({ output }: JsonObject): string {
  if (typeof output === 'string') return output;
  return Array.isArray(output) ? output.filter((piece) => typeof piece === 'string').join('') : '';
}

/** Only language models count tokens. */
export function readUsage(prediction: JsonObject): Usage | undefined {
  const metrics = objectAt(prediction, 'metrics');
  const input = countAt(metrics, 'input_token_count');
  const output = countAt(metrics, 'output_token_count');
  if (input === undefined && output === undefined) return undefined;
  return bucketsOf({ inputTotal: input ?? 0, outputTotal: output ?? 0 });
}

export function failureOf(prediction: JsonObject): JsonObject | undefined {
  const { status } = prediction;
  if (status !== 'failed' && status !== 'canceled' && status !== 'aborted') return undefined;
  return { code: `prediction_${status}`, message: textAt(prediction, 'error') ?? `The prediction was ${status}.` };
}
