import type { Citation, Signature, ToolCallBlock } from '../../chat/blocks';
import type { ReplyContext } from '../../chat/face';
import type { Part, PartOf } from '../../chat/parts';
import type { Finish, Logprobs } from '../../chat/reply';
import type { Usage } from '../../chat/usage';
import type { JsonObject } from '../../json';
import { callPart, endOf, signaturePart, wholePart } from './answer-parts';
import { geminiStreamError } from './errors';
import { detailsOf } from './finish';
import { Grounding } from './grounding';
import { writeLogprobs } from './logprobs';
import { geminiTier } from './service-tier';
import { type Carried, shownSignature, SUMMARY_BREAK } from './signatures';
import { TextMeter } from './text-meter';
import { writeUsage } from './usage';

interface OpenText {
  readonly kind: 'text' | 'reasoning';
  readonly candidate: CandidateState;
  readonly id?: string;
  readonly meter: TextMeter;
  readonly citations: Citation[];
  /** The summary's part that grows; undefined: none so far. */
  summary?: number;
}

interface OpenCall {
  readonly kind: 'tool-call';
  readonly candidate: CandidateState;
  readonly start: PartOf<'tool-call-start'>;
  input: string;
  signature?: Signature;
}

interface CandidateState {
  readonly index: number;
  readonly grounding: Grounding;
  readonly broken: ToolCallBlock[];
  /** Bytes of its texts so far. */
  bytes: number;
  hasBlocks: boolean;
  finish?: Finish;
}

const EMPTY_TEXT = '{"text":""}';
const CUT: Finish = { reason: 'other', raw: 'The answer was cut off.' };

/** Writes an answer as JSON texts, one `GenerateContentResponse` each. Keeps open calls, citations and how it ended. */
export class AnswerWriter {
  private readonly open = new Map<number, OpenText | OpenCall>();
  private readonly candidates = new Map<number, CandidateState>();
  private usage: Usage | undefined;
  private tier: string | undefined;
  private done = false;
  private tail: string;

  constructor(private readonly context: ReplyContext) {
    this.tail = tailOf(context.model, context.requestId);
  }

  /** The event a part makes; empty for parts that make none. */
  push(part: Part): string {
    if (this.done) return '';
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot.
    return (this.on[part.kind] as (part: Part) => string)(part);
  }

  /** The last event: why each candidate ended, and the usage. Nothing after an error. */
  end(): string {
    if (this.done) return '';
    this.done = true;
    const calls = [...this.open.values()].filter((block): block is OpenCall => block.kind === 'tool-call');
    const parts = calls.map((call) => (call.candidate.finish ? this.endCall(call) : ''));
    for (const block of this.open.values()) if (block.kind === 'text') this.ground(block);
    if (this.candidates.size === 0) this.candidate(0);
    return this.lastEvent(calls.map(({ candidate }, at) => ({ candidate, part: parts[at] ?? '' })));
  }

  private readonly on: { readonly [K in Part['kind']]: (part: PartOf<K>) => string } = {
    start: ({ id, serviceTier }) => this.begin(id, serviceTier),
    'text-start': (part) => this.openText('text', part),
    'refusal-start': (part) => this.openText('text', part),
    'reasoning-start': (part) => this.openText('reasoning', part),
    'tool-call-start': (start) => {
      this.open.set(start.block, {
        kind: 'tool-call',
        candidate: this.candidate(start.candidate, true),
        start,
        input: '',
      });
      return '';
    },
    'text-delta': (part) => this.text(part),
    'input-delta': ({ block, text }) => {
      const call = this.open.get(block);
      if (call?.kind === 'tool-call') call.input += text;
      return '';
    },
    citation: ({ block, citation }) => {
      const open = this.open.get(block);
      if (open && open.kind !== 'tool-call') open.citations.push(citation);
      return '';
    },
    signature: (part) => this.sign(part),
    'block-end': ({ block }) => this.close(block),
    block: ({ candidate, value }) => {
      const part = wholePart(value);
      return part ? this.event(this.candidate(candidate, true), JSON.stringify(part)) : '';
    },
    logprobs: ({ candidate, value }) => this.logprobs(this.candidate(candidate), value),
    finish: ({ candidate, finish }) => {
      this.candidate(candidate).finish = finish;
      return '';
    },
    usage: ({ usage }) => {
      this.usage = usage;
      return '';
    },
    error: ({ error }) => {
      this.done = true;
      return JSON.stringify(geminiStreamError(error));
    },
  };

  private begin(id: string | undefined, serviceTier: string | undefined): string {
    if (id) this.tail = tailOf(this.context.model, id);
    if (serviceTier) this.tier = geminiTier(serviceTier);
    return '';
  }

  private candidate(index: number, hasBlocks = false): CandidateState {
    let state = this.candidates.get(index);
    if (!state) {
      state = { index, grounding: new Grounding(), broken: [], bytes: 0, hasBlocks: false };
      this.candidates.set(index, state);
    }
    state.hasBlocks ||= hasBlocks;
    return state;
  }

  private openText(
    kind: OpenText['kind'],
    { block, candidate, ...start }: PartOf<'text-start' | 'refusal-start' | 'reasoning-start'>,
  ): string {
    const id = 'id' in start ? start.id : undefined;
    const state = this.candidate(candidate, true);
    this.open.set(block, { kind, candidate: state, meter: new TextMeter(), citations: [], ...(id ? { id } : {}) });
    return '';
  }

  private text({ block, text, summary }: PartOf<'text-delta'>): string {
    const open = this.open.get(block);
    if (!open || open.kind === 'tool-call' || text === '') return '';
    if (open.kind === 'text') {
      open.meter.push(text);
      return this.event(open.candidate, `{"text":${JSON.stringify(text)}}`);
    }
    const breaks = summary !== undefined && open.summary !== undefined && open.summary !== summary;
    if (summary !== undefined) open.summary = summary;
    return this.event(
      open.candidate,
      `{"text":${JSON.stringify(breaks ? SUMMARY_BREAK + text : text)},"thought":true}`,
    );
  }

  /** A signature of text comes on an empty one after it; a call's comes with the call. */
  private sign({ block, signature, redacted }: PartOf<'signature'>): string {
    const open = this.open.get(block);
    if (!open) return '';
    if (open.kind === 'tool-call') {
      open.signature = signature;
      return '';
    }
    if (open.kind === 'text')
      return this.event(open.candidate, JSON.stringify({ text: '', ...signaturePart(signature) }));
    const carried: Carried = {
      ...(redacted ? { redacted } : {}),
      ...(open.id ? { id: open.id } : {}),
      ...(open.summary === undefined ? {} : { summary: true }),
    };
    const part = { text: '', thought: true, thoughtSignature: shownSignature(signature, carried) };
    return this.event(open.candidate, JSON.stringify(part));
  }

  private close(block: number): string {
    const open = this.open.get(block);
    this.open.delete(block);
    if (!open) return '';
    if (open.kind === 'tool-call') {
      const part = this.endCall(open);
      return part === '' ? '' : this.event(open.candidate, part);
    }
    if (open.kind === 'text') this.ground(open);
    return '';
  }

  /** The part of a call that is complete. */
  private endCall({ candidate, start, input, signature }: OpenCall): string {
    const { id, name, type } = start;
    const call: ToolCallBlock = { kind: 'tool-call', id, name, type, input, ...(signature ? { signature } : {}) };
    const part = callPart(call);
    if (part) return JSON.stringify(part);
    candidate.broken.push(call);
    return '';
  }

  private ground({ candidate, citations, meter }: OpenText): void {
    if (citations.length > 0) candidate.grounding.add({ citations, meter, offset: candidate.bytes, partIndex: 0 });
    candidate.bytes += meter.bytes;
  }

  private logprobs({ index }: CandidateState, value: Logprobs): string {
    const result = writeLogprobs(value);
    if (!result) return '';
    return `{"candidates":[{"content":{"parts":[${EMPTY_TEXT}],"role":"model"},"index":${index},"logprobsResult":${JSON.stringify(result)}}]${this.tail}`;
  }

  private event({ index }: CandidateState, part: string): string {
    return `{"candidates":[{"content":{"parts":[${part}],"role":"model"},"index":${index}}]${this.tail}`;
  }

  private lastEvent(calls: readonly { readonly candidate: CandidateState; readonly part: string }[]): string {
    const usage = this.usage ? `,"usageMetadata":${JSON.stringify(writeUsage(this.usage, this.tier))}` : '';
    const [first] = this.candidates.values();
    const feedback = first && !first.hasBlocks && first.finish ? detailsOf(first.finish).promptFeedback : undefined;
    if (feedback !== undefined) return `{"promptFeedback":${JSON.stringify(feedback)}${usage}${this.tail}`;
    const ends = [...this.candidates.values()].map((candidate) => {
      const own = calls.filter((call) => call.candidate === candidate && call.part !== '').map(({ part }) => part);
      // The SDK's chats take an event without parts for an invalid answer.
      const parts = own.length > 0 ? own.join(',') : EMPTY_TEXT;
      return `{"content":{"parts":[${parts}],"role":"model"},${fieldsOf(endingOf(candidate))}"index":${candidate.index}}`;
    });
    return `{"candidates":[${ends.join(',')}]${usage}${this.tail}`;
  }
}

const tailOf = (model: string, responseId: string): string =>
  `,"modelVersion":${JSON.stringify(model)},"responseId":${JSON.stringify(responseId)}}`;

/** An answer that stopped without saying why is not one that stopped well. */
function endingOf({ finish = CUT, broken, grounding }: CandidateState): JsonObject {
  return { ...grounding.fields(), ...detailsOf(finish), ...endOf(finish, broken) };
}

/** An object's members, to be followed by others. */
const fieldsOf = (value: JsonObject): string => `${JSON.stringify(value).slice(1, -1)},`;
