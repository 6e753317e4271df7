import type { Signature } from '../../chat/blocks';
import { unseal } from '../../chat/signature';

/**
 * Only Claude signs its thoughts, and its signatures are good on every platform it runs on, so they are Anthropic's.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking#thinking-block-signatures
 */
export const signatureOf = (value: string): Signature => unseal(value, 'anthropic');

/** `redactedContent` is Anthropic's `data` encoded once more; bytes that are no text stay AWS's own. */
export function redactedOf(bytes: Buffer): Signature {
  const data = bytes.toString('utf8');
  return /^[\x21-\x7e]+$/.test(data)
    ? { issuer: 'anthropic', value: data }
    : { issuer: 'bedrock', value: bytes.toString('base64') };
}
