import { bucketsOf, countAt, type Usage } from '../../chat/usage';

/** The sum over all models an app has called. */
export function readUsage(usage: unknown): Usage | undefined {
  const input = countAt(usage, 'prompt_tokens');
  const output = countAt(usage, 'completion_tokens');
  if (input === undefined && output === undefined) return undefined;
  return bucketsOf({ inputTotal: input ?? 0, outputTotal: output ?? 0 });
}
