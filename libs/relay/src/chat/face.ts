import type { Protocol, Quirks, UpstreamProtocol } from '@app/providers';
import type { SseEvent } from '@app/core';
import type { JsonObject } from '../json';
import type { RelayError } from '../relay.errors';
import type { Losses } from './losses';
import type { Part, Reducer } from './parts';
import type { ChatReply } from './reply';
import type { ChatRequest } from './request';

/** What a face needs to know of the call besides its body. */
export interface ReplyContext {
  /** The model's name as the caller asked for it. */
  readonly model: string;
  /** `req_…`, for ids the upstream did not give. */
  readonly requestId: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** The caller asked for usage in the stream (OpenAI's `include_usage`). */
  readonly includeUsage: boolean;
  /** The request being answered; some protocols repeat parts of it in the answer. */
  readonly request: ChatRequest;
  /** Members of the answer that the gateway itself has to say (`previous_response_id`). */
  readonly echo?: JsonObject;
}

/** The side facing the caller. Pure; one per protocol. */
export interface ClientFace {
  readonly protocol: Protocol;
  /** Throws RelayError 400 naming the field. `path` holds what the protocol keeps in its URL (Gemini's model and method). */
  decodeRequest(body: JsonObject, path: { readonly model?: string; readonly stream?: boolean }): ChatRequest;
  /** What of an answer the two encoders leave out. */
  readonly losses: Losses;
  encodeReply(reply: ChatReply, context: ReplyContext): JsonObject;
  /** Parts → wire text, complete events each. Closes its grammar at `end`, also after a cut or an `error` part. */
  encodeStream(context: ReplyContext): Reducer<Part, string>;
  errorBody(error: RelayError, requestId: string): object;
}

/** What a request became: the body, and what of it the protocol cannot express (paths in the neutral request, e.g. `sampling.seed`). */
export interface Encoded {
  readonly body: JsonObject;
  readonly dropped: readonly string[];
  /** Headers besides the protocol's own; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where the rest of an answer is, of an upstream that does not give it at once. */
export interface Follow {
  readonly url: string;
  readonly accept: string;
  readonly afterMs: number;
  /** To be posted to when nobody waits for the answer any more. */
  readonly cancelUrl?: string;
}

/** The side facing the upstream. Pure; one per protocol. */
export interface UpstreamFace {
  readonly protocol: UpstreamProtocol;
  encodeRequest(request: ChatRequest, quirks: Quirks): Encoded;
  /** Throws nothing: an answer that is none has a candidate without blocks. */
  decodeReply(answer: JsonObject, quirks: Quirks): ChatReply;
  decodeStream(quirks: Quirks): Reducer<SseEvent, Part>;
  /** What has to be asked next where `answer` is not the whole one. Never an address that may not have the key. */
  follow?(answer: JsonObject, stream: boolean, baseUrl: string): Follow | undefined;
}
