import type { Route } from '@app/channels';
import type { Operation, Protocol, UpstreamErrorKind } from '@app/providers';
import type { Caller } from '@app/users';
import type { JsonObject } from './json';
import type { AnswerFacts, Bytes } from './lanes/lane';
import type { Body } from './request/members';
import type { Upload } from './upload/upload';

/** One data-plane call as it was accepted: a shallow look at the body, no more. */
export interface RelayRequest {
  /** `req_…`: in `x-request-id`, log, ledger and journal. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly caller: Caller;
  readonly ip: string;
  readonly operation: Operation;
  readonly protocol: Protocol;
  readonly model: string;
  readonly stream: boolean;
  readonly body: Body;
  /** The body names this model, in whose place `model` is asked for. */
  readonly named?: string;
  /** The caller's name of the conversation, from a header. */
  readonly session?: string;
  /** A form with files: these bytes go upstream, and `body` says its fields in JSON. */
  readonly upload?: Upload;
  /** Estimated from the body's size. */
  readonly inputTokens: number;
  /** What the call goes on from, where its body does not say it. */
  readonly past?: Past;
}

/** What was said before a call that names only its latest turn. */
export interface Past {
  /** Who answered last: it may keep the conversation itself, its cache knows it, and only it reads what it encrypted. */
  readonly issuer: { readonly channelId: string; readonly credentialId: string } | null;
  /** The body as this route has to get it: the turn alone where the upstream keeps the rest, else all. Throws RelayError. */
  bodyFor(route: Route): Promise<Body>;
  /** The upstream failed over what it was told of the past: from now on it is told otherwise. Not null once at most. */
  retold(route: Route, failure: Failure): Retold | null;
  /** What of it no upstream is told any more. */
  readonly dropped?: readonly string[];
  /** Members of the answer that tell of it. */
  readonly echo: JsonObject;
}

/**
 * How a past is told again: the whole conversation to an upstream that does not keep it (any more), or without the thoughts it
 * cannot read. These words stand in the attempts of the usage log.
 */
export type Retold = 'with-whole-conversation' | 'without-thoughts';

/** Why an attempt failed. `network`: no answer at all, or a connection that broke. */
export interface Failure {
  readonly kind: UpstreamErrorKind | 'network';
  /** The upstream's HTTP status; null when no head arrived. */
  readonly status: number | null;
  /** A stable word for log and health. */
  readonly code: string;
  /** Free of secrets. */
  readonly message: string;
  readonly retryAfterMs?: number;
  /** The upstream's own words for a caller's fault. */
  readonly upstream?: { readonly type?: string; readonly code?: string | null; readonly param?: string };
  /**
   * A connection that had been kept alive closed before any byte of the answer, or a token kept from before was refused: the
   * upstream has not worked on the call.
   */
  readonly stale?: boolean;
}

/** How one attempt ended. */
export type AttemptResult =
  /** The whole answer is here; `rest` is what the caller has not been given yet. */
  | {
      readonly kind: 'answered';
      readonly facts: AnswerFacts;
      readonly rest: Buffer;
      readonly contentType: string;
      /** Its first part has reached the caller. */
      readonly begun: boolean;
    }
  /** Nothing has reached the caller: another attempt is free. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** It broke after its first part had reached the caller; `rest` tells so in the caller's protocol. Null: only a cut can tell. */
  | { readonly kind: 'broken'; readonly failure: Failure; readonly facts: AnswerFacts; readonly rest: Buffer | null }
  /** The caller went away. */
  | { readonly kind: 'abandoned'; readonly facts: AnswerFacts };

/** Where the answer goes; the server's response behind an interface, so that the relay knows no HTTP server. */
export interface Reply {
  /** What of the request the upstream could not be told, shown in a header of the answer. */
  dropped(fields: readonly string[]): void;
  /** Which model answers, where it is not the one that was asked for. */
  served(model: string): void;
  /** Status and headers of a streamed answer. */
  begin(status: number, contentType: string): void;
  /** False: hold back until `onDrain`. */
  write(chunk: Bytes): boolean;
  onDrain(resume: () => void): void;
  /** Told once when the caller's connection closes before the answer's end. */
  onGone(listener: () => void): void;
  readonly isGone: boolean;
}

/** What the caller still has to be given once the call is settled. */
export type Ending =
  | { readonly kind: 'body'; readonly status: number; readonly contentType: string; readonly body: Buffer }
  | { readonly kind: 'tail'; readonly bytes: Buffer }
  | { readonly kind: 'nothing' };
