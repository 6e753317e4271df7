import { arrayAt } from '../json';
import type { Block, Citation, ReasoningBlock, Signature } from './blocks';
import type { Part, PartOf } from './parts';
import type { Candidate, ChatReply, Finish, Logprobs } from './reply';
import type { Usage } from './usage';

interface Growing {
  readonly candidate: number;
  readonly start: PartOf<'text-start' | 'refusal-start' | 'reasoning-start' | 'tool-call-start' | 'block'>;
  text: string;
  summary: string[];
  citations: Citation[];
  signature?: Signature;
  redacted?: boolean;
}

/** A streamed answer folded into a whole one. Keeps what it folds: only for answers that must be whole. */
export class Fold {
  error: unknown;
  private head: PartOf<'start'> = { kind: 'start' };
  private usage: Usage | undefined;
  private readonly blocks = new Map<number, Growing>();
  private readonly finishes = new Map<number, Finish>();
  private readonly logprobs = new Map<number, Logprobs>();

  push(part: Part): void {
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot.
    (this.on[part.kind] as (part: Part) => void)(part);
  }

  reply(): ChatReply {
    const { id, model, created, serviceTier, fingerprint } = this.head;
    return { id, model, created, serviceTier, fingerprint, candidates: this.candidates(), usage: this.usage };
  }

  private readonly on: { readonly [K in Part['kind']]: (part: PartOf<K>) => void } = {
    start: (part) => void (this.head = { ...this.head, ...part }),
    'text-start': (part) => this.open(part),
    'refusal-start': (part) => this.open(part),
    'reasoning-start': (part) => this.open(part),
    'tool-call-start': (part) => this.open(part),
    block: (part) => this.open(part),
    'text-delta': (part) => this.grow(part),
    'input-delta': (part) => this.with(part.block, (block) => (block.text += part.text)),
    citation: (part) => this.with(part.block, (block) => block.citations.push(part.citation)),
    signature: (part) =>
      this.with(part.block, (block) => Object.assign(block, { signature: part.signature, redacted: part.redacted })),
    'block-end': () => undefined,
    logprobs: (part) =>
      void this.logprobs.set(part.candidate, mergeLogprobs(this.logprobs.get(part.candidate), part.value)),
    finish: (part) => void this.finishes.set(part.candidate, part.finish),
    usage: (part) => void (this.usage = part.usage),
    error: (part) => void (this.error = part.error),
  };

  private open(start: Growing['start']): void {
    this.blocks.set(start.block, { candidate: start.candidate, start, text: '', summary: [], citations: [] });
  }

  private grow({ block: number, text, summary }: PartOf<'text-delta'>): void {
    this.with(number, (block) => {
      if (summary === undefined) block.text += text;
      else block.summary[summary] = (block.summary[summary] ?? '') + text;
    });
  }

  private with(number: number, change: (block: Growing) => void): void {
    const block = this.blocks.get(number);
    if (block) change(block);
  }

  private candidates(): Candidate[] {
    const growing = [...this.blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
    const indexes = new Set([...growing.map(({ candidate }) => candidate), ...this.finishes.keys()]);
    // Of an answer without anything there is one, empty.
    return [...(indexes.size > 0 ? indexes : [0])]
      .sort((a, b) => a - b)
      .map((index) => ({
        index,
        blocks: growing.filter(({ candidate }) => candidate === index).map(blockOf),
        finish: this.finishes.get(index) ?? { reason: 'other' },
        ...(this.logprobs.has(index) ? { logprobs: this.logprobs.get(index) } : {}),
      }));
  }
}

function blockOf(growing: Growing): Block {
  const { start, text, citations, signature } = growing;
  const signed = signature ? { signature } : {};
  switch (start.kind) {
    case 'text-start':
      return {
        kind: 'text',
        text,
        ...(citations.length > 0 ? { citations } : {}),
        ...signed,
        ...(start.phase ? { phase: start.phase } : {}),
      };
    case 'refusal-start':
      return { kind: 'refusal', text };
    case 'reasoning-start':
      return reasoningOf(growing, start);
    case 'tool-call-start': {
      const { id, name, type, namespace } = start;
      const input = text === '' && type === 'function' ? '{}' : text;
      return { kind: 'tool-call', id, name, type, input, ...signed, ...(namespace ? { namespace } : {}) };
    }
    case 'block':
      return start.value;
  }
}

function reasoningOf(
  { text, summary, signature, redacted }: Growing,
  { id }: PartOf<'reasoning-start'>,
): ReasoningBlock {
  return {
    kind: 'reasoning',
    text,
    ...(summary.length > 0 ? { summary: [...summary].map((part) => part ?? '') } : {}),
    ...(signature ? { signature } : {}),
    ...(redacted ? { redacted } : {}),
    ...(id ? { id } : {}),
  };
}

function mergeLogprobs(before: Logprobs, next: Logprobs): Logprobs {
  const refusal = [...arrayAt(before, 'refusal'), ...arrayAt(next, 'refusal')];
  const content = [...arrayAt(before, 'content'), ...arrayAt(next, 'content')];
  return refusal.length > 0 ? { content, refusal } : { content };
}
