import type { Signature } from '../../chat/blocks';
import type { PartOf } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { signedId } from './call-id';
import { extraContent } from './media';

type Start = Pick<PartOf<'tool-call-start'>, 'id' | 'name' | 'type'>;

/** A tool call in a message; with `index`, the first of its deltas. */
export function callOf(
  { id, name, type }: Start,
  input: string,
  signature: Signature | undefined,
  index?: number,
): JsonObject {
  const fields = {
    ...(index === undefined ? {} : { index }),
    id: signature ? signedId(id, signature) : id,
    type,
    ...(signature?.issuer === 'gemini' ? extraContent(signature) : {}),
  };
  return type === 'custom'
    ? { ...fields, custom: { name, input } }
    : { ...fields, function: { name, arguments: input } };
}

/**
 * A tool call while it streams. Its signature belongs into its id, which stands in its first delta; so that delta waits for the
 * signature, the second piece of input or the end, whatever comes first.
 */
export class CallWriter {
  private held: string | undefined;
  private sent = false;

  constructor(
    private readonly start: Start,
    private readonly index: number,
    /** The caller speaks the deprecated `functions`. */
    private readonly legacy: boolean,
  ) {}

  /** A piece of input → deltas, as JSON. */
  input(piece: string): string[] {
    if (piece === '') return [];
    if (this.sent) return [this.more(piece)];
    if (this.held === undefined) {
      this.held = piece;
      return [];
    }
    return [...this.open(undefined), this.more(piece)];
  }

  sign(signature: Signature): string[] {
    if (!this.sent) return this.open(signature);
    const entry = { index: this.index, ...extraContent(signature) };
    return this.legacy || signature.issuer !== 'gemini' ? [] : [JSON.stringify({ tool_calls: [entry] })];
  }

  end(): string[] {
    return this.open(undefined);
  }

  private open(signature: Signature | undefined): string[] {
    if (this.sent) return [];
    this.sent = true;
    const { start, held = '' } = this;
    if (this.legacy) return [JSON.stringify({ function_call: { name: start.name, arguments: held } })];
    return [JSON.stringify({ tool_calls: [callOf(start, held, signature, this.index)] })];
  }

  private more(piece: string): string {
    const text = JSON.stringify(piece);
    if (this.legacy) return `{"function_call":{"arguments":${text}}}`;
    const body = this.start.type === 'custom' ? `"custom":{"input":${text}}` : `"function":{"arguments":${text}}`;
    return `{"tool_calls":[{"index":${this.index},${body}}]}`;
  }
}
