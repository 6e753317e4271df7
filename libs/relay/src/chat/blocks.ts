/**
 * The neutral form: what a conversation consists of, in no vendor's spelling. It is the union of what the four protocols can say;
 * a face that cannot say something names it in `dropped`, it never passes over it in silence.
 */

/** Where bytes come from. `data` is base64 without line breaks; `file` an id in the issuer's own store. */
export type Source =
  | { readonly kind: 'data'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'text'; readonly text: string; readonly mediaType?: string }
  | { readonly kind: 'file'; readonly id: string; readonly issuer: Issuer; readonly mediaType?: string };

/** Who made something that only its maker can read: signatures, encrypted reasoning, file ids, server-side tool blocks. */
export type Issuer = 'openai' | 'anthropic' | 'gemini' | 'bedrock' | 'openrouter';

/**
 * An opaque value an upstream wants back byte for byte (a thinking signature, a thought signature, encrypted reasoning). It goes back only
 * to its issuer; through a client protocol without a place for it, it travels in an envelope (`signature.ts`).
 */
export interface Signature {
  readonly issuer: Issuer;
  readonly value: string;
}

/** A request to keep the prompt up to here in the upstream's cache. `ttl` as Anthropic names it: `5m`, `1h`. */
export interface CacheMark {
  readonly ttl?: '5m' | '1h';
}

/** What a passage rests on. Offsets count UTF-16 units of the text block it belongs to. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  readonly start?: number;
  readonly end?: number;
  /** The citation in the words of the protocol that made it, for the same protocol on the other side. */
  readonly raw?: { readonly issuer: Issuer; readonly value: unknown };
}

/** Fields only one protocol knows. Written back where that protocol is on the other side; elsewhere they mean nothing. */
export interface Extra {
  readonly issuer: Issuer;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Marked {
  readonly cache?: CacheMark;
  readonly extra?: Extra;
}

export interface TextBlock extends Marked {
  readonly kind: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
  /** Gemini signs the last text of an answer. */
  readonly signature?: Signature;
  /** OpenAI Responses: `commentary` or `final_answer`. */
  readonly phase?: string;
}

export interface ImageBlock extends Marked {
  readonly kind: 'image';
  readonly source: Source;
  /** OpenAI: `low`, `high`, `auto`, `original`. */
  readonly detail?: string;
  readonly signature?: Signature;
}

/** A PDF or any other document. */
export interface FileBlock extends Marked {
  readonly kind: 'file';
  readonly source: Source;
  readonly name?: string;
  /** Anthropic: context about the document that is not cited from, and whether citations are wanted. */
  readonly context?: string;
  readonly citations?: boolean;
}

export interface AudioBlock extends Marked {
  readonly kind: 'audio';
  readonly source: Source;
  /** What was said, where the model tells. */
  readonly transcript?: string;
  /** OpenAI: the id by which a later turn refers to this answer's audio, and when that ends (seconds since the epoch). */
  readonly id?: string;
  readonly expiresAt?: number;
}

export interface VideoBlock extends Marked {
  readonly kind: 'video';
  readonly source: Source;
}

/** The model wants a tool of the caller's to be run. */
export interface ToolCallBlock extends Marked {
  readonly kind: 'tool-call';
  /** Never empty: made up where the upstream names none. */
  readonly id: string;
  readonly name: string;
  /** `function`: a JSON object's text, `{}` when there is none (cut short it may be no valid JSON). `custom`: free text. */
  readonly input: string;
  readonly type: 'function' | 'custom';
  readonly signature?: Signature;
  /** OpenAI Responses: the namespace the tool belongs to. */
  readonly namespace?: string;
}

/** What came of a tool call. Blocks are text, images or files. */
export interface ToolResultBlock extends Marked {
  readonly kind: 'tool-result';
  readonly callId: string;
  /** The tool's name, found in the conversation where the protocol does not repeat it. */
  readonly name?: string;
  readonly type: 'function' | 'custom';
  readonly content: readonly Block[];
  readonly isError?: boolean;
}

/** Thoughts: in full, as a summary, or only as a signature that stands for them. */
export interface ReasoningBlock {
  readonly kind: 'reasoning';
  /** Empty when the upstream shows none. */
  readonly text: string;
  /** Parts of a summary, where the upstream gives a summary and not the thoughts themselves. */
  readonly summary?: readonly string[];
  /** Anthropic's signature, OpenAI's `encrypted_content`, Gemini's thought signature. */
  readonly signature?: Signature;
  /** Hidden thoughts that must go back unchanged (Anthropic's `redacted_thinking`): the signature's value is their data. */
  readonly redacted?: boolean;
  /** OpenAI Responses item id. */
  readonly id?: string;
}

export interface RefusalBlock {
  readonly kind: 'refusal';
  readonly text: string;
}

/** A block only its own protocol knows: server-side tools and their results, compaction, code execution. */
export interface OpaqueBlock {
  readonly kind: 'opaque';
  readonly issuer: Issuer;
  /** The block's `type` in that protocol, for `dropped`. */
  readonly type: string;
  readonly value: unknown;
}

export type Block =
  | TextBlock
  | ImageBlock
  | FileBlock
  | AudioBlock
  | VideoBlock
  | ToolCallBlock
  | ToolResultBlock
  | ReasoningBlock
  | RefusalBlock
  | OpaqueBlock;

export type BlockKind = Block['kind'];

export const text = (value: string): TextBlock => ({ kind: 'text', text: value });

/** All text of some blocks, joined. */
export const plainText = (blocks: readonly Block[]): string =>
  blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('');
