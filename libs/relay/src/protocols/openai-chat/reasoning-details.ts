import type { Issuer, ReasoningBlock, Signature } from '../../chat/blocks';
import { isObject, type JsonObject, parseJson, textAt } from '../../json';

/**
 * OpenRouter's `reasoning_details`: what a vendor wants back of its thoughts, each entry with the vendor's `format`.
 * https://openrouter.ai/docs/use-cases/reasoning-tokens — types `reasoning.text` (signed), `reasoning.summary`, `reasoning.encrypted`.
 */
const formats: Readonly<Partial<Record<Issuer, string>>> = {
  anthropic: 'anthropic-claude-v1',
  gemini: 'google-gemini-v1',
  openai: 'openai-responses-v1',
  bedrock: 'amazon-bedrock-v1',
};

const issuers = new Map<string | undefined, Issuer>(
  Object.entries(formats).map(([issuer, format]) => [format, issuer as Issuer]),
);

export const issuerOf = (entry: JsonObject): Issuer => issuers.get(textAt(entry, 'format')) ?? 'openrouter';

/** Fields of an entry that are its content or place, not what is to be kept byte for byte. */
const notSigned: ReadonlySet<string> = new Set([
  'text',
  'summary',
  'index',
  'text_length',
  'summary_lengths',
  'position',
]);

/** The opaque value of an entry. Of a format we do not know, the whole entry is kept. */
export function signatureOf(entry: JsonObject): Signature | undefined {
  const value = textAt(entry, 'signature') || textAt(entry, 'data');
  if (!value) return undefined;
  const issuer = issuerOf(entry);
  if (issuer !== 'openrouter') return { issuer, value };
  const kept = Object.entries(entry).filter(([name, member]) => member != null && !notSigned.has(name));
  return { issuer, value: JSON.stringify(Object.fromEntries(kept)) };
}

/** Anthropic's hidden thoughts; OpenAI encrypts all of its own, which makes none of them hidden. */
export const isRedacted = (entry: JsonObject): boolean =>
  entry.type === 'reasoning.encrypted' && (entry.format === formats.anthropic || entry.format === formats.bedrock);

/** The signature's part of an entry. */
export function signedEntry(
  { issuer, value }: Signature,
  { text, redacted, id }: Pick<ReasoningBlock, 'text' | 'redacted' | 'id'>,
): JsonObject {
  if (issuer === 'openrouter') {
    const entry = parseJson(value);
    return isObject(entry) ? entry : { type: 'reasoning.encrypted', data: value, format: null };
  }
  const encrypted = redacted || issuer === 'openai' || (issuer === 'gemini' && text === '');
  const format = formats[issuer];
  const named = id ? { id } : {};
  return encrypted
    ? { type: 'reasoning.encrypted', data: value, format, ...named }
    : { type: 'reasoning.text', signature: value, format, ...named };
}

/** A block as OpenRouter takes it back; without `index`, which its place gives it. */
export function detailsOf(block: ReasoningBlock): JsonObject[] {
  const { text, summary, signature } = block;
  const format = signature && formats[signature.issuer] ? { format: formats[signature.issuer] } : {};
  const details: JsonObject[] = [];
  if (summary && summary.length > 0)
    details.push({ type: 'reasoning.summary', summary: summary.join('\n\n'), ...format });
  const signed = signature && signedEntry(signature, block);
  if (signed?.type === 'reasoning.text') return [...details, { ...signed, text }];
  if (text) details.push({ type: 'reasoning.text', text, ...format });
  return signed ? [...details, signed] : details;
}
