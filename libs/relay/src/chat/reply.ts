import type { Block } from './blocks';
import type { Usage } from './usage';

/**
 * Why an answer ended. `refusal`: the model declined (Anthropic's own reason; OpenAI says `stop` and shows a refusal block).
 * `pause`: to be continued by sending the answer back. `other`: a reason we do not know; `raw` has it.
 */
export type FinishReason =
  'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'context-length' | 'other';

export interface Finish {
  readonly reason: FinishReason;
  /** The upstream's own word. */
  readonly raw?: string;
  /** Which stop sequence ended it. */
  readonly stopSequence?: string;
  /** What the upstream says about it in words or details (Gemini's `finishMessage`, Anthropic's `stop_details`). */
  readonly details?: unknown;
}

/** Log probabilities in OpenAI's shape, the most complete one: `{content: [{token, logprob, bytes, top_logprobs}]}`. */
export type Logprobs = unknown;

export interface Candidate {
  readonly index: number;
  readonly blocks: readonly Block[];
  readonly finish: Finish;
  readonly logprobs?: Logprobs;
}

/** A whole answer in no vendor's spelling. Never without a candidate. */
export interface ChatReply {
  readonly id?: string;
  readonly model?: string;
  /** Seconds since the epoch. */
  readonly created?: number;
  readonly candidates: readonly Candidate[];
  /** Absent: the upstream reported none. */
  readonly usage?: Usage;
  readonly serviceTier?: string;
  readonly fingerprint?: string;
}
