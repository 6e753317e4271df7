import type { ReasoningBlock, Signature } from '../../chat/blocks';
import { seal, unseal } from '../../chat/signature';
import { isObject, parseJson } from '../../json';

/**
 * What Google documents for a function call that no Gemini model made: "transferring a trace from a different model that does not
 * include thought signatures". Without any, Gemini 3 refuses the request.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
export const NO_SIGNATURE = 'skip_thought_signature_validator';

/** What a reasoning block holds besides text and signature, and its issuer wants back. */
export interface Carried {
  readonly redacted?: boolean;
  readonly id?: string;
  /** The text is a summary of the thoughts. */
  readonly summary?: boolean;
}

const OWN = 'gemini';
/** base64 of `oneapi1.`, as far as it does not depend on what follows. */
export const SEALED = 'b25lYXBpMS';
export const SUMMARY_BREAK = '\n\n';

/**
 * `thoughtSignature` is a bytes field: Google's SDKs refuse what is not base64. So a foreign signature travels as base64 of its
 * envelope, followed on a line of its own by what else the block's issuer wants back.
 */
export function shownSignature(signature: Signature, carried: Carried = {}): string {
  const more = Object.keys(carried).length > 0 ? `\n${JSON.stringify(carried)}` : '';
  if (signature.issuer === OWN && more === '') return signature.value;
  return Buffer.from(seal(signature) + more, 'utf8').toString('base64');
}

export function readSignature(value: string): { readonly signature: Signature; readonly carried: Carried } {
  if (!value.startsWith(SEALED)) return { signature: { issuer: OWN, value }, carried: {} };
  const envelope = Buffer.from(value, 'base64').toString('utf8');
  const line = envelope.indexOf('\n');
  const carried = line < 0 ? undefined : parseJson(envelope.slice(line + 1));
  return {
    signature: unseal(line < 0 ? envelope : envelope.slice(0, line), OWN),
    carried: isObject(carried) ? carried : {},
  };
}

export const carriedOf = ({ redacted, id, summary, text }: ReasoningBlock): Carried => ({
  ...(redacted ? { redacted } : {}),
  ...(id ? { id } : {}),
  ...(text === '' && summary && summary.length > 0 ? { summary: true } : {}),
});

/** A thought that came back, with what its envelope carried put in its place again. */
export function restoredThought(text: string, value: string | undefined): ReasoningBlock {
  if (value === undefined) return { kind: 'reasoning', text };
  const { signature, carried } = readSignature(value);
  return {
    kind: 'reasoning',
    ...(carried.summary === true ? { text: '', summary: [text] } : { text }),
    signature,
    ...(carried.redacted === true ? { redacted: true } : {}),
    ...(typeof carried.id === 'string' ? { id: carried.id } : {}),
  };
}
