import type { UsageEnding, UsageStatus } from '@app/logs';
import type { AttemptResult } from './relay.types';

/** What a call is charged that ended so. */
export type ChargeRule =
  /** What the upstream says it used; where it says nothing, an estimate of the answer. */
  | 'answer'
  /** As `answer`, but only for what reached the caller: of nothing, nothing. */
  | 'delivered'
  | 'nothing';

export interface EndingRule {
  readonly charge: ChargeRule;
  readonly status: UsageStatus;
  /** What the caller saw; null: the status of the refusal it got. */
  readonly httpStatus: number | null;
  /** Null: none; `failure`: that of whatever failed. */
  readonly errorCode: 'failure' | 'client_gone' | 'server_killed' | null;
}

const answered = { charge: 'answer', status: 'ok', httpStatus: 200, errorCode: null } as const;
const interrupted = { charge: 'delivered', status: 'error', httpStatus: 200, errorCode: 'failure' } as const;
const refused = { charge: 'nothing', status: 'error', httpStatus: null, errorCode: 'failure' } as const;

/** How calls end, and what that costs. The same table in words: docs/settlement.md. */
export const endings: Readonly<Record<UsageEnding, EndingRule>> = {
  completed: answered,
  incomplete: answered,
  filtered: answered,
  cached: answered,
  broken: interrupted,
  cut: interrupted,
  timed_out: interrupted,
  client_gone: { charge: 'delivered', status: 'aborted', httpStatus: 499, errorCode: 'client_gone' },
  failed: refused,
  rejected: refused,
  server_killed: { charge: 'nothing', status: 'aborted', httpStatus: 0, errorCode: 'server_killed' },
};

/** The upstreams' words for an answer that stops short of its end, or that a filter or the model itself refused; in lower case. */
const wordEndings = new Map<string, UsageEnding>([
  ...['length', 'max_tokens', 'max_output_tokens', 'incomplete', 'model_length', 'error_limit', 'cancelled'].map(
    as('incomplete'),
  ),
  ...['model_context_window_exceeded', 'context_length_exceeded'].map(as('incomplete')),
  ...['content_filter', 'content_filtered', 'guardrail_intervened', 'refusal', 'sensitive'].map(as('filtered')),
  ...['safety', 'recitation', 'blocklist', 'prohibited_content', 'spii', 'model_armor', 'error_toxic'].map(
    as('filtered'),
  ),
  ...['image_safety', 'image_prohibited_content', 'image_recitation'].map(as('filtered')),
]);

/** The end of an answer in the upstream's own word; a word we do not know is an end like any other. */
export function endingOfFinish(finish: string | undefined): UsageEnding {
  if (finish === undefined || finish === 'stop') return 'completed';
  return wordEndings.get(finish.toLowerCase()) ?? 'completed';
}

const cuts: ReadonlySet<string> = new Set(['stream_cut', 'connection_broken', 'session_cut']);

/** How a call ended that had an answer, whole or in part. */
export function endingOf(result: Exclude<AttemptResult, { kind: 'failed' }>): UsageEnding {
  if (result.kind === 'answered') return endingOfFinish(result.facts.finish);
  if (result.kind === 'abandoned') return 'client_gone';
  return endingOfFailure(result.failure);
}

/** How a begun answer ended that its upstream did not end. */
export function endingOfFailure({ kind, code }: { readonly kind?: string; readonly code: string }): UsageEnding {
  if (kind === 'timeout') return 'timed_out';
  return cuts.has(code) ? 'cut' : 'broken';
}

function as(ending: UsageEnding) {
  return (word: string): [string, UsageEnding] => [word, ending];
}
