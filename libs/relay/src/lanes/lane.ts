import type { Route } from '@app/channels';
import type { Usage } from '../chat/usage';
import type { JsonObject } from '../json';
import type { RelayRequest } from '../relay.types';
import type { Fetched, UpstreamCall } from '../transport/transport';

/** What an answer has told so far. */
export interface AnswerFacts {
  readonly usage: Usage | undefined;
  readonly finish: string | undefined;
  /** Bytes of generated text passed on, measured or derived. */
  readonly textBytes: number;
  /** The last of its thoughts that only the upstream can read, as `bareThought` has it. */
  readonly thought?: string;
  /** What of it the caller's protocol has no words for, by its path in the neutral reply; grows while the answer is read. */
  readonly lost?: readonly string[];
}

/** Bytes, or a latin1 text of one character per byte, which Node writes to a socket without another copy. */
export type Bytes = Buffer | string;

/** What a streamed answer does to its exchange. */
export interface StreamEvents {
  /** The first meaningful event has arrived: the answer may begin. Called once, before the first `out`. */
  commit(): void;
  out(bytes: Bytes): void;
  /** The upstream reported an error inside its stream; `frame`: its event in the caller's protocol, if it is in that already. */
  error(error: unknown, frame: Buffer | null): void;
  /** Nothing more follows; what the caller still has to get is in `tail()`. */
  end(): void;
}

/** An unstreamed answer, looked at. */
export interface WholeAnswer {
  readonly facts: AnswerFacts;
  /** It carries something a caller waits for. */
  readonly meaningful: boolean;
  /** The upstream says that it failed: its JSON error. */
  readonly error?: unknown;
  /** Files that belong into the answer and lie elsewhere; they are read before it is made. */
  readonly files?: readonly UpstreamCall[];
  /** The caller's answer; made when it is wanted, of its files in their order. `contentType` absent: the upstream's own. */
  body(files?: readonly Fetched[]): { readonly bytes: Buffer; readonly contentType?: string };
}

/** Reads one upstream answer and makes the caller's out of it. */
export interface AnswerReader {
  push(chunk: Buffer): void;
  /** The upstream closed its stream. */
  close(): void;
  whole(bytes: Buffer, answer: JsonObject): WholeAnswer;
  /** An answer that is plain text, where one was asked for. */
  plain?(bytes: Buffer, contentType: string): WholeAnswer | undefined;
  readonly facts: AnswerFacts;
  /** The upstream said how its answer ended. */
  readonly isComplete: boolean;
  /** What ends a complete stream; given to the caller once the call is settled. */
  tail(): Buffer;
  /** What ends a broken stream, so that nobody takes it for complete. Null: nothing can, it has to be cut. */
  broken(message: string, code: string): Buffer | null;
}

/** The call for the rest of an answer that has not come at once. */
export interface NextCall {
  readonly call: UpstreamCall;
  readonly afterMs: number;
  /** Ends the upstream's work when nobody waits for it any more: closing a connection does not. */
  readonly cancel?: UpstreamCall;
}

/** A call made ready for one route. */
export interface Prepared {
  readonly call: UpstreamCall;
  /** The answer is no text but bytes of its own content type (sound), passed on from the first one. */
  readonly raw?: boolean;
  next?(answer: JsonObject): NextCall | undefined;
  reader(events: StreamEvents): AnswerReader;
}

/** A way through the relay: the caller's bytes kept, or one protocol translated into another. */
export interface Lane {
  /** Throws RelayError where the request cannot be made for this route. */
  prepare(request: RelayRequest, route: Route): Prepared;
}

export const noFacts: AnswerFacts = { usage: undefined, finish: undefined, textBytes: 0 };
