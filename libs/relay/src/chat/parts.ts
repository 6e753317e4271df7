import type { AudioBlock, Block, BlockKind, Citation, ImageBlock, OpaqueBlock, Signature } from './blocks';
import type { ChatReply, Finish, Logprobs } from './reply';
import type { Usage } from './usage';

/**
 * A streamed answer, piece by piece. Grammar: `start` · then per block `…-start`, its deltas, `block-end` · per candidate one
 * `finish` · `usage` any number of times, the last one counts · `error` instead of what is missing. Blocks are numbered from 0 in
 * order of their first part, over all candidates; of one candidate no two are open at the same time unless they are tool calls.
 */
export type Part =
  | {
      readonly kind: 'start';
      readonly id?: string;
      readonly model?: string;
      readonly created?: number;
      readonly serviceTier?: string;
      readonly fingerprint?: string;
    }
  | {
      readonly kind: 'text-start' | 'refusal-start';
      readonly block: number;
      readonly candidate: number;
      readonly phase?: string;
    }
  | { readonly kind: 'reasoning-start'; readonly block: number; readonly candidate: number; readonly id?: string }
  | {
      readonly kind: 'tool-call-start';
      readonly block: number;
      readonly candidate: number;
      readonly id: string;
      readonly name: string;
      readonly type: 'function' | 'custom';
      readonly namespace?: string;
    }
  /** Text, refusal or reasoning grows. `summary` numbers the part of a reasoning summary the text belongs to. */
  | { readonly kind: 'text-delta'; readonly block: number; readonly text: string; readonly summary?: number }
  /** A tool call's input grows by a piece of JSON (or free) text. */
  | { readonly kind: 'input-delta'; readonly block: number; readonly text: string }
  | { readonly kind: 'citation'; readonly block: number; readonly citation: Citation }
  | { readonly kind: 'signature'; readonly block: number; readonly signature: Signature; readonly redacted?: boolean }
  | { readonly kind: 'block-end'; readonly block: number }
  /** A block that arrives whole: images, audio, opaque blocks. */
  | {
      readonly kind: 'block';
      readonly block: number;
      readonly candidate: number;
      readonly value: ImageBlock | AudioBlock | OpaqueBlock;
    }
  | { readonly kind: 'logprobs'; readonly candidate: number; readonly value: Logprobs }
  | { readonly kind: 'finish'; readonly candidate: number; readonly finish: Finish }
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** The upstream failed in the middle; its own error, to be classified. */
  | { readonly kind: 'error'; readonly error: unknown };

export type PartOf<K extends Part['kind']> = Extract<Part, { kind: K }>;

/** Something that takes pieces and gives pieces back, at once and at the end. */
export interface Reducer<In, Out> {
  push(input: In): readonly Out[];
  /** The input is over: closes what is open. */
  end(): readonly Out[];
}

export type { Block, BlockKind, ChatReply };
