import type { UpstreamProtocol } from './protocol';
import type { ProviderRecord } from './provider';

/** Where a provider leaves its protocol's documented behaviour, as far as the gateway must know. */
export interface Quirks {
  /** `stream_options.include_usage` may be sent. False: the field is refused, and usage comes without asking. */
  readonly acceptsUsageOption: boolean;
  /** Cached tokens are counted inside the prompt tokens (OpenAI, Gemini) or beside them (Anthropic). */
  readonly cachedInsidePrompt: boolean;
  /** Reasoning tokens are counted inside the completion tokens. False: they come on top (Gemini's candidates, xAI's chat). */
  readonly reasoningInsideCompletion: boolean;
  /** Where reasoning text appears in an OpenAI-style message or delta. Null: nowhere. */
  readonly reasoningField: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'content' | null;
  /** An assistant turn with tool calls is refused unless its reasoning is sent back. */
  readonly needsReasoningBack: boolean;
  /**
   * Request fields, as OpenAI names them, that the provider knows by another name or (null) answers with an error. `top_k` is
   * OpenAI's name for nothing, but nearly everyone else takes it; `name` is the one of a message.
   */
  readonly fields: Readonly<Record<string, string | null>>;
  /**
   * Those of `fields` (and `stream_options`) that the provider is documented to refuse, or to pass over where it has another name
   * for them: a caller who speaks the provider's own protocol is spared them, too.
   */
  readonly refused: readonly string[];
  /**
   * How one asks an OpenAI-style upstream to think: OpenAI's `reasoning_effort`; OpenRouter's `reasoning`; `thinking: {type}`, which
   * only switches, alone or with `reasoning_effort`; Qwen's `enable_thinking` and `thinking_budget`.
   */
  readonly reasoningWish: 'reasoning_effort' | 'reasoning' | 'thinking' | 'thinking+effort' | 'enable_thinking';
  /** A message's content may be a list of parts. False: one text. */
  readonly contentParts: boolean;
  /** Tools that take free text, and `allowed_tools`, are known. */
  readonly customTools: boolean;
  /** Answers can be held to a JSON Schema. False: only to JSON. */
  readonly jsonSchema: boolean;
  /** Anthropic's `cache_control` is taken on content parts. */
  readonly cacheControl: boolean;
  /** `video_url` is taken as a content part. */
  readonly videoParts: boolean;
  /** Gemini's thought signatures are taken back as `extra_content.google.thought_signature`. */
  readonly thoughtSignatures: boolean;
  /** What ids of tool calls may look like: up to 40 characters, or nine letters and digits. */
  readonly callIds: 'openai' | 'mistral';
}

const openai: Quirks = {
  acceptsUsageOption: true,
  cachedInsidePrompt: true,
  reasoningInsideCompletion: true,
  reasoningField: null,
  needsReasoningBack: false,
  fields: { top_k: null },
  refused: [],
  reasoningWish: 'reasoning_effort',
  contentParts: true,
  customTools: true,
  jsonSchema: true,
  cacheControl: false,
  videoParts: false,
  thoughtSignatures: false,
  callIds: 'openai',
};

const ofProtocol: Readonly<Record<UpstreamProtocol, Quirks>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  'anthropic-messages': { ...openai, cachedInsidePrompt: false },
  gemini: { ...openai, reasoningInsideCompletion: false },
  dify: openai,
  coze: openai,
  replicate: openai,
  'cohere-chat': openai,
  'bedrock-converse': { ...openai, cachedInsidePrompt: false },
};

const known = new WeakMap<object, Map<UpstreamProtocol, Quirks>>();

/** The protocol's behaviour with the provider's deviations on top; the same object for every call. */
export function quirksOf(provider: Pick<ProviderRecord, 'quirks'>, protocol: UpstreamProtocol): Quirks {
  let ofProvider = known.get(provider);
  if (!ofProvider) known.set(provider, (ofProvider = new Map()));
  let quirks = ofProvider.get(protocol);
  if (!quirks) ofProvider.set(protocol, (quirks = { ...ofProtocol[protocol], ...provider.quirks?.[protocol] }));
  return quirks;
}
