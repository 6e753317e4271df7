import { AwsFrameError } from '@app/core';
import type { ProviderRecord } from '@app/providers';
import type { Dispatcher } from 'undici';
import { isObject, parseJson } from '../json';
import {
  type AnswerFacts,
  type AnswerReader,
  type Bytes,
  type NextCall,
  noFacts,
  type Prepared,
  type StreamEvents,
  type WholeAnswer,
} from '../lanes/lane';
import type { Story } from '../receipt';
import { RelayError } from '../relay.errors';
import type { AttemptResult, Failure, Reply } from '../relay.types';
import { AWS_EVENT_STREAM, AwsEvents } from './aws-events';
import { type Decoder, decoderFor } from './decoder';
import { networkFailure, timedOut } from './network-failure';
import type { Scrub } from './scrub';
import type { Fetched, UpstreamCall } from './transport';
import { upstreamFailure } from './upstream-failure';

type Controller = Dispatcher.DispatchController;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_WHOLE_BYTES = 128 * 1024 * 1024;

export interface ExchangeInput {
  readonly prepared: Prepared;
  /** Sends the call for the rest of an answer; its response is this exchange's again. */
  readonly send?: (call: UpstreamCall, exchange: Exchange) => void;
  /** Reads a file that belongs into the answer. */
  readonly fetch?: (call: UpstreamCall) => Promise<Fetched>;
  /** Sends a call whose answer nobody reads. */
  readonly forget?: (call: UpstreamCall) => void;
  readonly provider: ProviderRecord;
  readonly errorKinds?: ProviderRecord['errorCodes'];
  /** Told when the first part for the caller arrives; only of a call that tries a channel whose pause has passed. */
  readonly proved?: () => void;
  /** The caller asked for a stream. */
  readonly stream: boolean;
  readonly reply: Reply;
  /** Told what of the answer the caller's protocol cannot say, before its head is sent. */
  readonly lost?: (names: readonly string[]) => void;
  /** Takes the operator's secrets out of the upstream's words. */
  readonly scrub: Scrub;
  readonly firstByteMs: number;
  /** Epoch milliseconds by which the whole call must have ended. */
  readonly endsBy: number;
  /** The call's money, which is told of the first part of an answer. */
  readonly hold?: Story['hold'];
}

type Mode = 'head' | 'failed' | 'whole' | 'undecided' | 'stream';

/**
 * One attempt: an HTTP request to an upstream and what became of it. Calls `done` exactly once, and nothing reaches the caller
 * before the first meaningful part of the answer.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** When the first part for the caller arrived, epoch milliseconds. */
  firstByteAt: number | null = null;
  /** How it ended; null while it runs. */
  result: AttemptResult | null = null;
  private mode: Mode = 'head';
  private status = 0;
  private headers: Headers = {};
  private controller: Controller | null = null;
  private decoder: Decoder | null = null;
  /** The stream comes in AWS's binary frames. */
  private frames: AwsEvents | null = null;
  /** Ends work of the upstream's that goes on without a connection. */
  private cancel: UpstreamCall | undefined;
  private readonly collected: Buffer[] = [];
  private collectedBytes = 0;
  /** The caller reads slower than the upstream writes. */
  private paused = false;
  private readonly reader: AnswerReader;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly input: ExchangeInput,
    private readonly done: () => void,
  ) {
    this.reader = input.prepared.reader(this.streamEvents());
    this.timer = this.firstByteTimer();
    input.reply.onGone(() =>
      this.finish({ kind: 'abandoned', facts: this.firstByteAt === null ? noFacts : this.reader.facts }),
    );
  }

  get isOver(): boolean {
    return this.result !== null;
  }

  /** The call could not be made. */
  refuse(failure: Failure): void {
    if (this.result === null) this.fail(failure);
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.result !== null) controller.abort(new Error('the caller is gone'));
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
    this.mode = this.modeOf(status, text(headers['content-type']));
    this.decoder = decoderFor(text(headers['content-encoding']), {
      data: (chunk) => this.take(chunk),
      end: () => this.complete(),
      error: (error) => this.onResponseError(null, error),
    });
    if (this.mode === 'whole') this.restOfTime();
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.decoder) this.decoder.write(chunk);
    else this.take(chunk);
  }

  onResponseEnd(): void {
    if (this.decoder) this.decoder.end();
    else this.complete();
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.result !== null) return;
    this.fail(networkFailure(error, this.mode !== 'head'));
  }

  private modeOf(status: number, contentType = ''): Mode {
    if (status < 200 || status >= 300) return 'failed';
    if (contentType.includes('json')) return 'whole';
    if (this.input.prepared.raw) return isWords.test(contentType) ? 'whole' : 'stream';
    if (!this.input.stream || contentType.startsWith('audio/')) return 'whole';
    if (contentType.includes(AWS_EVENT_STREAM)) this.frames = new AwsEvents();
    return this.frames || contentType.includes('event-stream') ? 'stream' : 'undecided';
  }

  private take(chunk: Buffer): void {
    if (this.result !== null) return;
    try {
      this.read(chunk);
    } catch (error) {
      this.misread(error);
    }
  }

  private read(chunk: Buffer): void {
    if (this.mode === 'undecided') this.mode = opensObject(chunk) ? 'whole' : 'stream';
    if (this.mode === 'stream') return this.frames ? this.unframe(this.frames, chunk) : this.reader.push(chunk);
    const limit = this.mode === 'failed' ? MAX_ERROR_BYTES : MAX_WHOLE_BYTES;
    this.collectedBytes += chunk.length;
    if (this.collectedBytes <= limit) this.collected.push(chunk);
    else if (this.mode === 'failed') this.complete();
    else this.fail(broken('answer_too_large', 'The upstream sent more than the gateway takes.'));
  }

  private unframe(frames: AwsEvents, chunk: Buffer): void {
    try {
      const events = frames.push(chunk);
      if (events) this.reader.push(events);
    } catch (error) {
      if (!(error instanceof AwsFrameError)) throw error;
      this.fail(broken('invalid_stream', `The upstream sent a damaged stream: ${error.message}.`));
    }
  }

  /** An answer nobody thought of must not end more than its own call: behind a decompressor, what is thrown here has no catcher. */
  private misread(error: unknown): void {
    const message = error instanceof RelayError ? error.message : "The upstream's answer could not be read.";
    this.fail(broken('invalid_answer', message));
  }

  private complete(): void {
    if (this.result !== null) return;
    try {
      if (this.mode === 'failed') this.fail(this.httpFailure());
      else if (this.mode === 'whole') this.completeWhole(Buffer.concat(this.collected));
      else this.completeStream();
    } catch (error) {
      this.misread(error);
    }
  }

  private completeWhole(body: Buffer): void {
    const answer = parseJson(body.toString('utf8'));
    const next = isObject(answer) ? this.input.prepared.next?.(answer) : undefined;
    if (next) return this.goOn(next);
    const whole = isObject(answer)
      ? this.reader.whole(body, answer)
      : this.reader.plain?.(body, text(this.headers['content-type']) ?? '');
    if (!whole) return this.fail(broken('invalid_answer', 'The upstream did not answer in JSON.'));
    const { meaningful, error, files } = whole;
    if (error !== undefined)
      return this.fail(this.classified(isObject(answer) && answer.error != null ? answer : { error }));
    if (!meaningful) return this.fail(broken('empty_answer', 'The upstream answered with nothing.'));
    if (files) void this.fetchThen(files, (fetched) => this.answerWhole(whole, fetched));
    else this.answerWhole(whole);
  }

  private answerWhole({ facts, body }: WholeAnswer, files?: readonly Fetched[]): void {
    const { bytes, contentType = text(this.headers['content-type']) ?? 'application/json' } = body(files);
    this.begun();
    this.tellLost(facts);
    this.finish({ kind: 'answered', facts, rest: bytes, contentType, begun: false });
  }

  /** One after the other: each may be large. */
  private async fetchThen(files: readonly UpstreamCall[], then: (files: readonly Fetched[]) => void): Promise<void> {
    const { fetch } = this.input;
    const fetched: Fetched[] = [];
    try {
      for (const file of files) {
        const found = fetch && this.result === null ? await fetch(file) : undefined;
        if (found?.status !== 200) return this.refuse(missingFile);
        fetched.push(found);
      }
    } catch {
      return this.refuse(missingFile);
    }
    if (this.result !== null) return;
    try {
      then(fetched);
    } catch (error) {
      this.misread(error);
    }
  }

  /** The answer is elsewhere, or not ready yet. However often it is asked for, all of it has to come in the call's time. */
  private goOn({ call, afterMs, cancel }: NextCall): void {
    this.cancel = cancel;
    this.mode = 'head';
    this.collected.length = 0;
    this.collectedBytes = 0;
    setTimeout(() => {
      if (this.result === null) this.input.send?.(call, this);
    }, afterMs);
  }

  private completeStream(): void {
    this.reader.close();
    if (this.result !== null) return;
    if (this.firstByteAt === null)
      this.fail(broken('empty_stream', 'The upstream closed its stream without an answer.'));
    else if (this.reader.isComplete) this.answered();
    else this.fail(broken('stream_cut', 'The upstream closed its stream before the answer was complete.'));
  }

  private answered(): void {
    const { facts } = this.reader;
    this.finish({ kind: 'answered', facts, rest: this.reader.tail(), contentType: EVENT_STREAM, begun: true });
  }

  private streamEvents(): StreamEvents {
    return {
      commit: () => {
        this.begun();
        this.input.proved?.();
        this.restOfTime();
        this.tellLost(this.reader.facts);
        this.input.reply.begin(200, this.streamType());
      },
      out: (bytes) => this.pass(bytes),
      error: (error, frame) => {
        const shown = this.firstByteAt !== null && frame !== null;
        if (shown) this.pass(Buffer.from(this.input.scrub(frame.toString('utf8'))));
        this.fail(this.classified({ error }), shown);
      },
      end: () => (this.firstByteAt === null ? this.completeStream() : this.answered()),
    };
  }

  private begun(): void {
    this.firstByteAt = Date.now();
    this.input.hold?.firstByte();
  }

  private tellLost({ lost }: AnswerFacts): void {
    if (lost && lost.length > 0) this.input.lost?.(lost);
  }

  private streamType(): string {
    return this.input.prepared.raw ? (text(this.headers['content-type']) ?? BYTES) : EVENT_STREAM;
  }

  private pass(bytes: Bytes): void {
    if (this.result !== null || this.input.reply.write(bytes) || this.paused) return;
    this.paused = true;
    this.controller?.pause();
    this.input.reply.onDrain(() => {
      this.paused = false;
      this.controller?.resume();
    });
  }

  /** `shown`: the caller has been given the upstream's own error event. */
  private fail(failure: Failure, shown = false): void {
    if (this.firstByteAt === null) return this.finish({ kind: 'failed', failure });
    const rest = shown ? Buffer.alloc(0) : this.reader.broken(failure.message, failure.code);
    this.finish({ kind: 'broken', failure, facts: this.reader.facts, rest });
  }

  private finish(result: AttemptResult): void {
    if (this.result !== null) return;
    clearTimeout(this.timer);
    this.decoder?.destroy();
    // After a complete answer the rest of the response is nothing but its end; otherwise the upstream must stop working at once.
    if (result.kind !== 'answered') {
      this.controller?.abort(new Error('the call has ended'));
      if (this.cancel) this.input.forget?.(this.cancel);
    }
    this.result = result;
    this.done();
  }

  private httpFailure(): Failure {
    const raw = Buffer.concat(this.collected).toString('utf8');
    return this.classified(parseJson(raw) ?? raw);
  }

  private classified(body: unknown): Failure {
    const { status, headers } = this;
    return upstreamFailure(this.input, { status, headers: headers as Record<string, string>, body });
  }

  private firstByteTimer(): NodeJS.Timeout {
    const left = this.input.endsBy - Date.now();
    const code = left < this.input.firstByteMs ? 'total_timeout' : 'first_byte_timeout';
    return setTimeout(() => this.fail(timedOut(code)), Math.min(left, this.input.firstByteMs));
  }

  private restOfTime(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(timedOut('total_timeout')), this.input.endsBy - Date.now());
  }
}

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const BYTES = 'application/octet-stream';
/** A page of a proxy, where sound (or events that bring it) was to come. */
const isWords = /^text\/(?!event-stream)/;

const text = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

const broken = (code: string, message: string): Failure => ({ kind: 'upstream_error', status: null, code, message });

const missingFile = broken('file_missing', 'A file of the answer could not be read.');

/** Whether the first visible byte is a brace: JSON where events were expected. */
function opensObject(chunk: Buffer): boolean {
  for (const byte of chunk) if (byte > 32) return byte === 123;
  return false;
}
