import type { Block, OpaqueBlock, Signature } from '../../chat/blocks';
import { unwrapFreeText } from '../../chat/free-text';
import type { Part, PartOf } from '../../chat/parts';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { madeUpId } from './calls';
import { type CitedText, readCitations } from './citations';
import { readFinish, UNSPECIFIED } from './finish';
import { readLogprobs } from './logprobs';
import { PartialArgs } from './partial-args';
import { TextMeter } from './text-meter';

/** What all candidates of an answer share. */
export interface Sink {
  out: Part[];
  blocks: number;
  calls: number;
  /** From what ids of calls are made up. */
  seed: string;
}

interface OpenText {
  readonly kind: 'text' | 'reasoning';
  readonly block: number;
  readonly meter: TextMeter;
  /** Signed: nothing may be added to it. */
  sealed: boolean;
}

interface OpenCall {
  readonly name: string;
  readonly id: string | undefined;
  readonly args: PartialArgs;
  signature: Signature | undefined;
}

/** Fields of a candidate that are read elsewhere; all others are details of its end. */
const answerFields: ReadonlySet<string> = new Set(['content', 'finishReason', 'index', 'logprobsResult']);
const partFlags: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature']);

/** Reads the pieces of one candidate, or the candidate as a `whole`, whose parts stay apart as they are. */
export class CandidateReader {
  private open: OpenText | null = null;
  private call: OpenCall | null = null;
  private texts: CitedText[] = [];
  private textCount = 0;
  private called = false;
  private finish: string | undefined;
  private readonly details: Record<string, unknown> = {};

  constructor(
    private readonly candidate: number,
    private readonly sink: Sink,
    private readonly whole: boolean,
  ) {}

  read(piece: JsonObject): void {
    const parts = arrayAt(piece.content, 'parts');
    for (let number = 0; number < parts.length; number += 1) {
      const part = parts[number];
      if (isObject(part)) this.part(part, number);
    }
    const logprobs = readLogprobs(piece.logprobsResult);
    if (logprobs !== undefined) this.emit({ kind: 'logprobs', candidate: this.candidate, value: logprobs });
    const reason = piece.finishReason;
    // Older models repeat STOP in every event: a reason counts when the answer is over.
    if (typeof reason === 'string' && reason !== '' && reason !== UNSPECIFIED) this.finish = reason;
    this.note(piece);
  }

  /** The answer is over. Without a reason it was cut off, and no `finish` says otherwise. */
  end(): void {
    this.endCall();
    for (const { block, citation } of readCitations(this.details, this.texts))
      this.emit({ kind: 'citation', block, citation });
    this.endText();
    if (this.finish === undefined) return;
    this.emit({
      kind: 'finish',
      candidate: this.candidate,
      finish: readFinish(this.finish, this.called, this.details),
    });
  }

  private emit(part: Part): void {
    this.sink.out.push(part);
  }

  private part(part: JsonObject, number: number): void {
    if (typeof part.text === 'string') this.text(part.text, part, number);
    else if (isObject(part.functionCall)) this.functionCall(part.functionCall, part);
    else if (isObject(part.inlineData) && part.thought !== true) this.media(part.inlineData, part);
    else this.other(part, number);
  }

  private text(text: string, part: JsonObject, number: number): void {
    const signature = signatureOf(part);
    if (text === '' && !signature) return;
    const kind = part.thought === true ? 'reasoning' : 'text';
    // The signature of a streamed text comes on an empty one after it. Thoughts are one, in however many parts they come.
    const continues =
      this.open?.kind === kind && !this.open.sealed && (!this.whole || kind === 'reasoning' || text === '');
    const open = continues && this.open ? this.open : this.start(kind, number);
    if (text !== '') {
      this.emit({ kind: 'text-delta', block: open.block, text });
      if (kind === 'text') open.meter.push(text);
    }
    if (!signature) return;
    this.emit({ kind: 'signature', block: open.block, signature });
    open.sealed = true;
  }

  private start(kind: OpenText['kind'], number: number): OpenText {
    this.endCall();
    this.endText();
    const open = { kind, block: this.sink.blocks++, meter: new TextMeter(), sealed: false };
    this.emit({ kind: `${kind}-start`, block: open.block, candidate: this.candidate } as PartOf<
      'text-start' | 'reasoning-start'
    >);
    if (kind === 'text') this.cite(open, number);
    this.open = open;
    return open;
  }

  /** Of a stream only the text still open can be cited; offsets that may count from an earlier one say nothing. */
  private cite({ block, meter }: OpenText, number: number): void {
    this.textCount += 1;
    if (this.whole) this.texts.push({ block, part: number, meter });
    else this.texts = [{ block, part: null, meter: this.textCount === 1 ? meter : null }];
  }

  private endText(): void {
    if (!this.open) return;
    this.emit({ kind: 'block-end', block: this.open.block });
    if (!this.whole) this.texts = [];
    this.open = null;
  }

  /** A call comes whole, or (`willContinue`) in pieces of which only the first has a name, until an empty one ends it. */
  private functionCall(call: JsonObject, part: JsonObject): void {
    const name = textAt(call, 'name');
    if (name) {
      this.endCall();
      this.call = { name, id: textAt(call, 'id'), args: new PartialArgs(), signature: undefined };
    }
    if (!this.call) return;
    this.call.signature ??= signatureOf(part);
    this.call.args.add(call);
    if (call.willContinue !== true) this.endCall();
  }

  private endCall(): void {
    if (!this.call) return;
    const { name, id, args, signature } = this.call;
    this.call = null;
    this.endText();
    this.called = true;
    const input = args.json();
    const free = unwrapFreeText(input);
    const block = this.sink.blocks++;
    const number = this.sink.calls++;
    const callId = id || madeUpId(this.sink.seed, number);
    const type = free === undefined ? 'function' : 'custom';
    this.emit({ kind: 'tool-call-start', block, candidate: this.candidate, id: callId, name, type });
    this.emit({ kind: 'input-delta', block, text: free ?? input });
    if (signature) this.emit({ kind: 'signature', block, signature });
    this.emit({ kind: 'block-end', block });
  }

  private media(inlineData: JsonObject, part: JsonObject): void {
    const mediaType = textAt(inlineData, 'mimeType') ?? '';
    const source = { kind: 'data', mediaType, data: textAt(inlineData, 'data') ?? '' } as const;
    const signature = signatureOf(part);
    if (mediaType.startsWith('image/')) this.block({ kind: 'image', source, ...(signature ? { signature } : {}) });
    else if (mediaType.startsWith('audio/') && !signature) this.block({ kind: 'audio', source });
    else this.block(opaque('inlineData', part));
  }

  /** Code, its results, tools that ran at Google: only Gemini knows them. A part without content may still sign. */
  private other(part: JsonObject, number: number): void {
    const type = Object.keys(part).find((name) => !partFlags.has(name) && part[name] != null);
    if (type !== undefined) this.block(opaque(type, part));
    else this.text('', part, number);
  }

  private block(value: PartOf<'block'>['value']): void {
    this.endCall();
    this.endText();
    this.emit({ kind: 'block', block: this.sink.blocks++, candidate: this.candidate, value });
  }

  /** Metadata comes with any piece, perhaps in parts; the last word counts. */
  private note(piece: JsonObject): void {
    for (const name in piece) {
      const value = piece[name];
      if (value == null || answerFields.has(name)) continue;
      const before = objectAt(this.details, name);
      this.details[name] = before && isObject(value) ? { ...before, ...value } : value;
    }
  }
}

const opaque = (type: string, value: JsonObject): OpaqueBlock & Block => ({
  kind: 'opaque',
  issuer: 'gemini',
  type,
  value,
});

function signatureOf(part: JsonObject): Signature | undefined {
  const value = part.thoughtSignature;
  return typeof value === 'string' && value !== '' ? { issuer: 'gemini', value } : undefined;
}
