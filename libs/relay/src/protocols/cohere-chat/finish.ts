import type { Finish, FinishReason } from '../../chat/reply';

/** https://docs.cohere.com/reference/chat#response.body.finish_reason */
const meanings: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool-calls'],
  ['ERROR_TOXIC', 'content-filter'],
  ['ERROR_LIMIT', 'context-length'],
]);

/** `ERROR` and `TIMEOUT`, too, are no end that another protocol has a word for. */
export function decodeFinish(raw: string | undefined, calledTools: boolean): Finish {
  if (raw === undefined) return { reason: calledTools ? 'tool-calls' : 'other' };
  const meant = meanings.get(raw) ?? 'other';
  return { reason: raw === 'COMPLETE' && calledTools ? 'tool-calls' : meant, raw };
}
