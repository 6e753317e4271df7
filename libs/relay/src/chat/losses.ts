import { isObject } from '../json';
import type { Citation, Issuer } from './blocks';
import type { Part, PartOf } from './parts';
import type { Finish } from './reply';

/**
 * What of an answer a caller's protocol has no words for, by its path in the neutral reply (`reply.logprobs`); a handler per part that
 * may hold something. What takes another form (a signature in an envelope, a refusal as text) is not lost.
 */
export type Losses = { readonly [K in Part['kind']]?: (part: PartOf<K>) => readonly string[] };

/** More are not told apart: names of blocks are the upstream's. */
const MAX_LOSSES = 32;
const MAX_NAME = 80;

/** The losses of one answer, each once. */
export class Lost {
  readonly names: string[] = [];

  constructor(private readonly losses: Losses) {}

  note(part: Part): void {
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot.
    const handler = this.losses[part.kind] as ((part: Part) => readonly string[]) | undefined;
    if (handler) for (const name of handler(part)) this.add(`reply.${name}`.slice(0, MAX_NAME));
  }

  private add(name: string): void {
    if (this.names.length < MAX_LOSSES && !this.names.includes(name)) this.names.push(name);
  }
}

const none: readonly string[] = [];

/** Parts of answers but the first, where a protocol has one. */
export const onlyFirst = ({ candidate }: { readonly candidate: number }): readonly string[] =>
  candidate === 0 ? none : ['candidates'];

/** A block another protocol's client cannot be shown. */
export const foreignBlock =
  (own: Issuer | null, kinds: readonly string[]) =>
  ({ value }: PartOf<'block'>): readonly string[] => {
    if (value.kind === 'opaque') return value.issuer === own ? none : [value.type];
    return kinds.includes(value.kind) || isElsewhere(value) ? [value.kind] : none;
  };

/** It lies in its vendor's own store, where no caller of another protocol finds it. */
const isElsewhere = ({ kind, source }: Exclude<PartOf<'block'>['value'], { kind: 'opaque' }>): boolean =>
  kind === 'image' && source.kind === 'file';

/** What is said about an ending besides its reason; grounding and sources are told as citations. */
export const endingDetails =
  (own: 'anthropic' | 'gemini' | null) =>
  ({ finish: { details, stopSequence } }: { readonly finish: Finish }): readonly string[] => {
    const lost: string[] = stopSequence !== undefined && own !== 'anthropic' ? ['stop_sequence'] : [];
    const gemini = isObject(details) && isObject(details.gemini) ? Object.keys(details.gemini) : null;
    if (gemini && own !== 'gemini') lost.push(...gemini.filter((name) => !asCitations.has(name)));
    else if (isObject(details) && !gemini && own !== 'anthropic') lost.push('stop_details');
    return lost;
  };

const asCitations: ReadonlySet<string> = new Set(['groundingMetadata', 'citationMetadata']);

/** A citation in a form of its vendor's that no other has: without an address, there is nothing to point at. */
export const placeless =
  (isKnown: (citation: Citation) => boolean) =>
  ({ citation }: PartOf<'citation'>): readonly string[] =>
    isKnown(citation) ? none : ['citations'];

export const named = (name: string) => (): readonly string[] => [name];

/** OpenAI Responses alone tells the phase of a text and the namespace of a tool. */
export const onlyInResponses = {
  'text-start': ({ phase }) => (phase === undefined ? none : ['phase']),
  'tool-call-start': ({ namespace }) => (namespace === undefined ? none : ['namespace']),
} satisfies Losses;

/** Both handlers' losses. */
export const both =
  <P>(...handlers: readonly ((part: P) => readonly string[])[]) =>
  (part: P): readonly string[] =>
    handlers.flatMap((handler) => handler(part));
