import { SseParser } from '@app/core';
import type { Quirks } from '@app/providers';
import { Candidates } from '../chat/candidates';
import type { ReplyContext, ClientFace, UpstreamFace } from '../chat/face';
import { Lost } from '../chat/losses';
import type { Part, Reducer } from '../chat/parts';
import type { ChatReply } from '../chat/reply';
import { Fold } from '../chat/fold';
import { unfold } from '../chat/unfold';
import type { Usage } from '../chat/usage';
import { type JsonObject, isObject } from '../json';
import { bareThought, lastThought } from '../thoughts/thought-values';
import type { AnswerFacts, AnswerReader, StreamEvents, WholeAnswer } from './lane';
import type { Wire } from './wire';

const MAX_HELD_BYTES = 1024 * 1024;
const EVENT_STREAM = 'text/event-stream; charset=utf-8';

export interface Translation {
  readonly client: ClientFace;
  readonly upstream: UpstreamFace;
  /** The upstream's protocol, to tell an error from an answer. */
  readonly wire: Pick<Wire, 'whole'>;
  readonly quirks: Quirks;
  readonly context: ReplyContext;
  readonly stream: boolean;
}

/** Upstream events → neutral parts → the caller's events, one by one; nothing of the stream is kept. */
export class TranslateReader implements AnswerReader {
  private usage: Usage | undefined;
  private finish: string | undefined;
  private textBytes = 0;
  private thought: string | undefined;
  private committed = false;
  private failed = false;
  private held: string[] = [];
  private heldBytes = 0;
  private readonly lost: Lost;
  private readonly parser: SseParser;
  private readonly encoder: Reducer<Part, string>;
  private readonly candidates: Candidates;

  constructor(
    private readonly translation: Translation,
    private readonly events: StreamEvents,
  ) {
    const decoder = translation.upstream.decodeStream(translation.quirks);
    this.lost = new Lost(translation.client.losses);
    this.encoder = translation.client.encodeStream(translation.context);
    this.candidates = new Candidates((translation.context.request.sampling.candidates ?? 1) <= 1);
    this.parser = new SseParser((event) => this.take(decoder.push(event)));
    this.close = () => {
      this.parser.end();
      this.take(decoder.end());
    };
  }

  readonly close: () => void;

  get facts(): AnswerFacts {
    const { usage, finish, textBytes, thought, lost } = this;
    return { usage, finish, textBytes, thought, lost: lost.names };
  }

  get isComplete(): boolean {
    return this.candidates.areComplete;
  }

  push(chunk: Buffer): void {
    if (!this.failed) this.parser.push(chunk);
  }

  whole(bytes: Buffer, answer: JsonObject): WholeAnswer {
    const { wire, upstream, quirks } = this.translation;
    const { usage, finish, textBytes, meaningful, error } = wire.whole(answer, quirks);
    const body = () => this.encodeWhole(numbered(upstream.decodeReply(answer, quirks)));
    const thought = lastThought(bytes, upstream.protocol);
    const facts = { usage, finish, textBytes, thought, lost: this.lost.names };
    return { facts, meaningful, error, body };
  }

  /** An upstream that can only stream is asked for a stream, whatever its caller wants. */
  plain(bytes: Buffer): WholeAnswer | undefined {
    const decoder = this.translation.upstream.decodeStream(this.translation.quirks);
    const fold = new Fold();
    const take = (parts: readonly Part[]) => {
      for (const read of parts) {
        const part = this.candidates.take(read);
        if (part) this.note(part);
        if (part) fold.push(part);
      }
    };
    const parser = new SseParser((event) => take(decoder.push(event)));
    parser.push(bytes);
    parser.end();
    take(decoder.end());
    const { facts } = this;
    if (fold.error !== undefined) return { facts, meaningful: false, error: fold.error, body: nobody };
    if (!this.isComplete) return undefined;
    return { facts, meaningful: true, body: () => this.encodeWhole(fold.reply()) };
  }

  tail(): Buffer {
    return Buffer.from(this.encoder.end().join(''), 'utf8');
  }

  broken(message: string, code: string): Buffer {
    const frames = [...this.encoder.push({ kind: 'error', error: { message, code } }), ...this.encoder.end()];
    return Buffer.from(frames.join(''), 'utf8');
  }

  /** An upstream that ignored the wish for a stream answered whole: the caller gets its stream all the same. */
  private encodeWhole(reply: ChatReply) {
    const { client, context, stream } = this.translation;
    const parts = unfold(reply);
    for (const part of parts) this.lost.note(part);
    if (!stream)
      return {
        bytes: Buffer.from(JSON.stringify(client.encodeReply(reply, context))),
        contentType: 'application/json',
      };
    const frames = parts.flatMap((part) => [...this.encoder.push(part)]);
    return { bytes: Buffer.from([...frames, ...this.encoder.end()].join(''), 'utf8'), contentType: EVENT_STREAM };
  }

  private take(parts: readonly Part[]): void {
    let text = '';
    let meaningful = false;
    for (const read of parts) {
      if (this.failed) return;
      const part = this.candidates.take(read);
      if (!part) continue;
      if (part.kind === 'error') {
        this.pass(text, meaningful);
        return this.fail(part.error);
      }
      this.note(part);
      meaningful ||= isMeaningful(part);
      for (const frame of this.encoder.push(part)) text += frame;
    }
    this.pass(text, meaningful);
  }

  private note(part: Part): void {
    if (part.kind === 'text-delta' || part.kind === 'input-delta') {
      this.textBytes += Buffer.byteLength(part.text);
      return;
    }
    this.lost.note(part);
    if (part.kind === 'usage') this.usage = part.usage;
    else if (part.kind === 'signature') this.thought = bareThought(part.signature.value);
    else if (part.kind === 'finish') this.finish = part.finish.raw ?? part.finish.reason;
  }

  private pass(text: string, meaningful: boolean): void {
    if (meaningful) this.begin();
    if (text === '') return;
    if (this.committed) return this.events.out(Buffer.from(text, 'utf8'));
    this.held.push(text);
    this.heldBytes += text.length;
    if (this.heldBytes > MAX_HELD_BYTES) this.begin();
  }

  private begin(): void {
    if (this.committed) return;
    this.committed = true;
    this.events.commit();
    if (this.held.length > 0) this.events.out(Buffer.from(this.held.join(''), 'utf8'));
    this.held = [];
  }

  private fail(error: unknown): void {
    this.failed = true;
    this.events.error(isObject(error) ? error : { message: String(error) }, null);
  }
}

/** Whatever an upstream counts its answers from, its caller's begin with 0. */
const numbered = (reply: ChatReply): ChatReply => ({
  ...reply,
  candidates: reply.candidates.map((candidate, index) => ({ ...candidate, index })),
});

const nobody = () => ({ bytes: Buffer.alloc(0) });

/** As for the patch lane: a head or an empty block is not yet an answer. */
function isMeaningful(part: Part): boolean {
  switch (part.kind) {
    case 'text-delta':
    case 'input-delta':
      return part.text !== '';
    case 'tool-call-start':
    case 'block':
    case 'signature':
    case 'finish':
      return true;
    default:
      return false;
  }
}
