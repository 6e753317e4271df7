import type { Issuer, Signature } from './blocks';

/**
 * Envelopes for opaque values on foreign ground: a Gemini thought signature inside an Anthropic thinking block, OpenAI's
 * encrypted reasoning inside a Gemini part. The client returns the envelope unchanged; the issuer gets the exact bytes back.
 */
const MARK = 'oneapi1.';

/** `oneapi1.<issuer>.<value>`; a value is printable in all four protocols, so it needs no further encoding. */
export const seal = ({ issuer, value }: Signature): string => `${MARK}${issuer}.${value}`;

/** What a client sent back: an envelope's content, or a value of the client protocol's own issuer. */
export function unseal(value: string, own: Issuer): Signature {
  if (!value.startsWith(MARK)) return { issuer: own, value };
  const dot = value.indexOf('.', MARK.length);
  return { issuer: value.slice(MARK.length, dot) as Issuer, value: value.slice(dot + 1) };
}

/** How a signature looks in a protocol whose own issuer is `own`. */
export const shown = (signature: Signature, own: Issuer): string =>
  signature.issuer === own ? signature.value : seal(signature);
