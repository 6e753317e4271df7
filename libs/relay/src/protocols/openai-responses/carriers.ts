import type { ReasoningBlock, Signature } from '../../chat/blocks';
import { seal, unseal } from '../../chat/signature';

/**
 * `encrypted_content` is the only place for what an upstream wants back unchanged. Other issuers' values travel in it as the
 * envelope of `signature.ts`; a word before it says what the value belongs to when that is not the reasoning item itself:
 * `redacted:`, `text:` and `image:` (the last such block before), `call <id>:`, `opaque <type>:` (a block of its own).
 */
const ENVELOPE = 'oneapi1.';
/** The longest word and id that may stand before an envelope. */
const MAX_TAG = 400;

export type Target =
  | { readonly kind: 'reasoning' | 'redacted' | 'text' | 'image' }
  | { readonly kind: 'call'; readonly id: string }
  | { readonly kind: 'opaque'; readonly type: string };

export interface Carried {
  readonly target: Target;
  readonly signature: Signature;
}

/** The `encrypted_content` of a reasoning item that is one. */
export function encryptedOf({
  signature,
  redacted,
}: Pick<ReasoningBlock, 'signature' | 'redacted'>): string | undefined {
  if (!signature) return undefined;
  if (redacted) return `redacted:${seal(signature)}`;
  return signature.issuer === 'openai' ? signature.value : seal(signature);
}

/** The `encrypted_content` of a reasoning item that only carries the signature of something else. */
export function carry(target: Target, signature: Signature): string {
  const name = target.kind === 'call' ? ` ${target.id}` : target.kind === 'opaque' ? ` ${target.type}` : '';
  return `${target.kind}${name}:${seal(signature)}`;
}

export function carriedIn(encrypted: string): Carried {
  const at = encrypted.slice(0, MAX_TAG).indexOf(ENVELOPE);
  const target = at > 0 ? targetOf(encrypted.slice(0, at - 1)) : undefined;
  if (target) return { target, signature: unseal(encrypted.slice(at), 'openai') };
  return { target: { kind: 'reasoning' }, signature: unseal(encrypted, 'openai') };
}

function targetOf(tag: string): Target | undefined {
  const space = tag.indexOf(' ');
  const kind = space < 0 ? tag : tag.slice(0, space);
  const name = space < 0 ? '' : tag.slice(space + 1);
  switch (kind) {
    case 'redacted':
    case 'text':
    case 'image':
      return { kind };
    case 'call':
      return { kind, id: name };
    case 'opaque':
      return { kind, type: name };
    default:
      return undefined;
  }
}

/** The value is another issuer's, or says where another's belongs: OpenAI itself cannot read it. */
export const isCarrier = (encrypted: string): boolean => {
  const { target, signature } = carriedIn(encrypted);
  return target.kind !== 'reasoning' || signature.issuer !== 'openai';
};
