import type { Finish, FinishReason } from '../../chat/reply';
import { isObject } from '../../json';

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons — `compaction` is to be continued like `pause_turn`. */
const meanings: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries({
    end_turn: 'stop',
    stop_sequence: 'stop',
    max_tokens: 'length',
    tool_use: 'tool-calls',
    pause_turn: 'pause',
    compaction: 'pause',
    refusal: 'refusal',
    model_context_window_exceeded: 'context-length',
  } as const),
);

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  pause: 'pause_turn',
  refusal: 'refusal',
  'content-filter': 'refusal',
  'context-length': 'model_context_window_exceeded',
  other: 'end_turn',
};

/** The ending a message or `message_delta` tells; a missing reason follows from whether tools were called. */
export function decodeFinish(source: unknown, calledTools: boolean): Finish {
  const { stop_reason, stop_sequence, stop_details } = isObject(source) ? source : {};
  const raw = typeof stop_reason === 'string' && stop_reason !== '' ? stop_reason : undefined;
  const meant = raw === undefined ? 'stop' : (meanings.get(raw) ?? 'other');
  const stopSequence = typeof stop_sequence === 'string' && stop_sequence !== '' ? stop_sequence : undefined;
  return {
    // Some imitators say `end_turn` to an answer that calls tools.
    reason: meant === 'stop' && calledTools && stopSequence === undefined ? 'tool-calls' : meant,
    ...(raw === undefined ? {} : { raw }),
    ...(stopSequence === undefined ? {} : { stopSequence }),
    ...(isObject(stop_details) ? { details: stop_details } : {}),
  };
}

export interface Ending {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details: unknown;
}

/** What of the answer decides how it ends, whatever its upstream said. */
export interface Content {
  readonly calledTools: boolean;
  readonly refused: boolean;
}

export function encodeFinish(finish: Finish, { calledTools, refused }: Content): Ending {
  const reason = endingOf(finish, calledTools, refused);
  const details = isObject(finish.details) && finish.details.type === 'refusal' ? finish.details : null;
  return {
    stop_reason: reason,
    stop_sequence: reason === 'stop_sequence' ? (finish.stopSequence ?? null) : null,
    stop_details: reason === 'refusal' ? (details ?? { type: 'refusal', category: null, explanation: null }) : null,
  };
}

function endingOf({ reason, raw, stopSequence }: Finish, calledTools: boolean, refused: boolean): string {
  if (reason === 'stop' && calledTools) return 'tool_use';
  if (reason === 'stop' && refused) return 'refusal';
  if (reason === 'stop' && stopSequence !== undefined) return 'stop_sequence';
  return raw !== undefined && meanings.get(raw) === reason ? raw : words[reason];
}
