import type { Finish, FinishReason } from '../../chat/reply';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html */
const meanings: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool-calls'],
  ['max_tokens', 'length'],
  ['guardrail_intervened', 'content-filter'],
  ['content_filtered', 'content-filter'],
  ['model_context_window_exceeded', 'context-length'],
  ['malformed_model_output', 'other'],
  ['malformed_tool_use', 'other'],
]);

/** `calledTools`: some models say `end_turn` to an answer that calls tools, and `tool_use` to one whose tools ran at AWS. */
export function decodeFinish(raw: string | undefined, calledTools: boolean): Finish {
  if (raw === undefined) return { reason: calledTools ? 'tool-calls' : 'other' };
  const meant = meanings.get(raw) ?? 'other';
  if (meant === 'stop' && raw !== 'stop_sequence' && calledTools) return { reason: 'tool-calls', raw };
  return { reason: meant, raw };
}
