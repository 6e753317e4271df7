import type { Block, CacheMark, Extra, Issuer, TextBlock } from './blocks';

/**
 * One contribution to the conversation. `system` stands for OpenAI's `developer` too. Tool results are blocks of a `user` turn
 * (as in Anthropic's protocol): faces with a message of their own for them split the turn.
 */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly blocks: readonly Block[];
  /** OpenAI's `name` of a participant. */
  readonly name?: string;
}

/** A tool of the caller's, described by JSON Schema; `custom` takes free text, perhaps by a grammar. */
export interface FunctionTool {
  readonly kind: 'function';
  readonly name: string;
  readonly description?: string;
  readonly parameters?: unknown;
  readonly strict?: boolean;
  readonly cache?: CacheMark;
  readonly namespace?: string;
  readonly extra?: Extra;
}

export interface CustomTool {
  readonly kind: 'custom';
  readonly name: string;
  readonly description?: string;
  /** OpenAI's `format`: text or a grammar. */
  readonly format?: unknown;
  readonly extra?: Extra;
  /** OpenAI Responses: the namespace the tool belongs to. */
  readonly namespace?: string;
}

/** A tool the upstream runs itself (web search, code execution …), in the words of the protocol it came in. */
export interface HostedTool {
  readonly kind: 'hosted';
  readonly issuer: Issuer;
  /** What it does in common words, where known, so that another protocol's own version may stand in. */
  readonly does?:
    'web-search' | 'web-fetch' | 'code-execution' | 'image-generation' | 'file-search' | 'computer' | 'mcp';
  /** The tool's `type` (or Gemini's field), for `dropped`. */
  readonly type: string;
  readonly value: unknown;
}

export type Tool = FunctionTool | CustomTool | HostedTool;

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string }
  /** Only these, in the given mode. */
  | { readonly kind: 'allowed'; readonly names: readonly string[]; readonly mode: 'auto' | 'required' };

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** How much the model should think, and what of it is shown. */
export interface ReasoningWish {
  readonly effort?: Effort;
  /** Tokens for thinking; 0 switches it off, -1 leaves it to the model (Gemini's dynamic, Anthropic's adaptive). */
  readonly budgetTokens?: number;
  /** `auto`, `concise`, `detailed`; false: thoughts are not shown. */
  readonly summary?: 'auto' | 'concise' | 'detailed' | false;
  /** The caller keeps the conversation itself and wants encrypted reasoning to send back. */
  readonly encrypted?: boolean;
}

export type OutputFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | {
      readonly kind: 'json-schema';
      readonly name?: string;
      readonly description?: string;
      readonly schema: unknown;
      readonly strict?: boolean;
    };

export interface Sampling {
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** How many answers. */
  readonly candidates?: number;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly logitBias?: Readonly<Record<string, number>>;
}

/** What is not the conversation: who asks, how it is served, what is kept. */
export interface Meta {
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly serviceTier?: string;
  readonly store?: boolean;
  readonly promptCacheKey?: string;
  readonly verbosity?: string;
  readonly modalities?: readonly string[];
  /** OpenAI's `audio`: voice and format of spoken answers. */
  readonly audio?: unknown;
  /** OpenAI: the caller speaks the deprecated `functions` and is answered with a `function_call`. */
  readonly legacyFunctions?: boolean;
}

/** A request field only its own protocol knows. On the way to another one it is dropped, by this name. */
export interface Extension {
  readonly issuer: Issuer;
  /** The field's path in the caller's request, e.g. `context_management`. */
  readonly path: string;
  readonly value: unknown;
}

/** A generation request in no vendor's spelling. */
export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Instructions before the conversation. */
  readonly system: readonly TextBlock[];
  readonly turns: readonly Turn[];
  /** Of messages without a block that could hold them. */
  readonly extras?: readonly Extra[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** False: one tool call at a time. */
  readonly parallelToolCalls?: boolean;
  readonly reasoning?: ReasoningWish;
  readonly format?: OutputFormat;
  readonly sampling: Sampling;
  readonly meta: Meta;
  readonly extensions: readonly Extension[];
}
