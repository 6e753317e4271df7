import type { Route } from '@app/channels';
import type { Quirks, UpstreamProtocol } from '@app/providers';
import type { Usage } from '../chat/usage';
import type { JsonObject } from '../json';
import type { Body } from '../request/members';
import type { Edit } from '../request/edits';
import type { Choice } from './open-choices';
import type { Repeats } from './repeated-event';

/** What a gateway that passes bytes through must still understand of one event (or one unstreamed answer). */
export interface Glimpse {
  /** Carries something a caller waits for: text, a tool call, a refusal, a finish. Before the first one, failover is free. */
  readonly meaningful: boolean;
  /** The event says that the upstream failed: its JSON error. */
  readonly error?: unknown;
  readonly usage?: Usage;
  readonly finish?: string;
  /** Which answers the event is about, where a protocol can give several. */
  readonly choices?: readonly Choice[];
  /** Bytes of generated text, to estimate tokens by where no usage comes. */
  readonly textBytes: number;
  /** Nothing follows this event. */
  readonly terminal: boolean;
  /** The event begins the answer: a second one says nothing, and no client reads it. */
  readonly opens?: boolean;
  /** The event exists only to report usage. */
  readonly usageOnly: boolean;
}

export const nothing: Glimpse = { meaningful: false, textBytes: 0, terminal: false, usageOnly: false };

/** What comes back from a conversation that another upstream was part of. */
export interface Foreign {
  /** Without any of these (and where `mayBeIn` says no) there is nothing of it in a body. */
  readonly marks: readonly string[];
  /** Finds what no mark can. */
  mayBeIn?(bytes: Buffer): boolean;
  /** Unwraps what is the protocol's own, takes out the rest. */
  edits(body: Body, scope: ForeignScope): readonly Edit[];
  /** Takes out all thoughts that only their issuer can read, the protocol's own too. */
  withoutThoughts(body: Body, scope: ForeignScope): readonly Edit[];
}

export interface ForeignScope {
  /** The upstream's name of the model. */
  readonly model: string;
  /** What was taken out, by its path in the neutral request. */
  readonly dropped: Set<string>;
}

/** A protocol as the patch lane needs it; one per protocol, in `protocols/<name>/wire.ts`. Pure. */
export interface Wire {
  readonly protocol: UpstreamProtocol;
  /** What the gateway itself needs of a request; throws RelayError 400 naming the field. */
  check(body: Body): void;
  /** The caller's own limit on generated tokens, if it named one. */
  outputLimit(body: Body): number | undefined;
  /** What besides text tokens the answer will cost, at most: it is held too. */
  alsoHolds?(body: Body): Partial<Usage>;
  /** What of the usage the request alone decides: beside whatever the upstream reports. */
  asked?(body: Body): Partial<Usage>;
  /** Whether the answer is to come in events; absent: where `stream` is true. */
  wantsStream?(body: Body): boolean;
  /** What a call has used whose upstream did not say so, after so many bytes of text (or sound) were generated. */
  estimate?(body: Body, generatedBytes: number): Usage;
  /** Unstreamed, it answers in bytes of their own content type. */
  readonly isRaw?: boolean;
  /** The caller asked for plain text, and this content type is it. */
  isPlain?(body: Body, contentType: string): boolean;
  /** What the gateway wrapped for a caller and an upstream of this protocol cannot read. Absent: there is no such thing. */
  readonly foreign?: Foreign;
  /** Writes the model's name as the upstream knows it; absent: into the outermost `model`, if it is another one. */
  nameModel?(body: Body, route: Pick<Route, 'upstreamModel'>): readonly Edit[];
  /** Changes that make the upstream report usage in a stream. */
  askForUsage(body: Body): readonly Edit[];
  /** Whether the caller asked for the usage that `askForUsage` turns on. */
  wantsUsage(body: Body): boolean;
  /** `before`: the usage told so far, where a protocol spreads it over several events. */
  event(data: unknown, name: string | undefined, quirks: Quirks, before?: Usage): Glimpse;
  whole(answer: unknown, quirks: Quirks): Glimpse;
  /** An unstreamed answer as callers of the operation read it; undefined: as it came, which is nearly always so. */
  shown?(answer: JsonObject): JsonObject | undefined;
  /** What may differ between two ordinary events; absent where most events have to be looked at. */
  readonly repeats?: Repeats;
  /** What ends a stream; sent where the upstream forgot it. Empty where the protocol just closes. */
  readonly terminator: string;
  /** The event a broken stream ends with, so that no client takes it for complete. */
  failureFrame(message: string, code: string): string;
}
