import { createHash } from 'node:crypto';
import type { Quirks } from '@app/providers';
import type { Signature } from '../../chat/blocks';
import { seal, unseal } from '../../chat/signature';

/**
 * Ids of tool calls. Gemini refuses a call in the history that comes back without its thought signature, and many clients keep
 * nothing of a call but id, name and arguments. So the signature travels twice: as `extra_content.google.thought_signature`
 * (Gemini's own OpenAI endpoint) and in the id, as `<id>__oneapi1.<issuer>.<value>`. A tool result repeats the id; both are cut
 * back to `<id>` before they go to any upstream.
 */
export const SEALED = '__oneapi1.';

export const signedId = (id: string, signature: Signature): string => `${id}__${seal(signature)}`;

export function readId(id: string): { readonly id: string; readonly signature?: Signature } {
  const at = id.lastIndexOf(SEALED);
  if (at < 0) return { id };
  return { id: id.slice(0, at), signature: unseal(id.slice(at + 2), 'gemini') };
}

const SEED_LENGTH = 24;

/** An id for a call whose upstream named none: the same each time one answer is read, another in every other answer. */
export const madeUpId = (seed: string, number: number): string =>
  `call_${seed.replace(/[^a-zA-Z0-9]/g, '').slice(-SEED_LENGTH)}_${number}`;

const MAX_LENGTH = 40;

/** The id as the upstream accepts it. The same id always becomes the same one, so that results keep finding their calls. */
export function fittingId(id: string, callIds: Quirks['callIds']): string {
  if (callIds === 'mistral') return /^[a-zA-Z0-9]{9}$/.test(id) ? id : digest(id).slice(0, 9);
  return id.length <= MAX_LENGTH ? id : `call_${digest(id).slice(0, SEED_LENGTH)}`;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
