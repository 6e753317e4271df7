import { bucketsOf, type Usage } from '../../chat/usage';
import { numberAt } from '../../json';

/** The sum over all models an app has called. */
export function readUsage(usage: unknown): Usage | undefined {
  const input = numberAt(usage, 'prompt_tokens');
  const output = numberAt(usage, 'completion_tokens');
  if (input === undefined && output === undefined) return undefined;
  return bucketsOf({ inputTotal: input ?? 0, outputTotal: output ?? 0 });
}
