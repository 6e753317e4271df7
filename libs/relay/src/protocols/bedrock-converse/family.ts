import { type Abilities, abilitiesOf } from '../claude-models';

/** What of Converse a model takes. The API is one for all, but models refuse what their vendor does not know. */
export interface Family {
  /** Claude's own abilities; null for other models. */
  readonly claude: Abilities | null;
  readonly cachePoints: boolean;
  /** A tool's result may say that it failed. */
  readonly resultStatus: boolean;
  /** `toolChoice` other than `auto`: any, a tool by name. */
  readonly forcesTools: 'both' | 'any' | 'none';
  /** `outputConfig.textFormat`. */
  readonly structured: boolean;
  /** Where `top_k` belongs in `additionalModelRequestFields`. */
  readonly topK: 'top_k' | 'inferenceConfig' | null;
  /** How the model is asked to think, besides Claude. */
  readonly thinking: 'reasoningConfig' | 'reasoning_effort' | null;
}

const open: Family = {
  claude: null,
  cachePoints: false,
  resultStatus: false,
  forcesTools: 'both',
  structured: true,
  topK: null,
  thinking: null,
};
const nova: Family = {
  ...open,
  cachePoints: true,
  resultStatus: true,
  structured: false,
  topK: 'inferenceConfig',
};
/** Nothing is known of it, such as an inference profile's ARN: what the API documents is sent. */
const unknown: Family = { ...open, cachePoints: true, resultStatus: true };

/**
 * https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html,
 * …/prompt-caching.html, …/structured-output.html, https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
const families: readonly (readonly [name: RegExp, Family])[] = [
  [/amazon\.nova-2/, { ...nova, thinking: 'reasoningConfig' }],
  [/amazon\.nova/, nova],
  [/openai\.gpt-oss/, { ...open, thinking: 'reasoning_effort' }],
  [/(^|\.)(meta|cohere|ai21|writer)\.|amazon\.titan|deepseek\.r1/, { ...open, forcesTools: 'none', structured: false }],
  [
    /(^|\.)mistral\.(?!magistral|ministral|mistral-large-3|voxtral)/,
    { ...open, forcesTools: 'any', structured: false, topK: 'top_k' },
  ],
  [/(^|\.)(mistral|qwen|deepseek|google|minimax|moonshot(ai)?|nvidia|zai)\./, open],
];

export function familyOf(model: string): Family {
  if (model.includes('anthropic.claude')) return claudeFamily(abilitiesOf(model));
  return families.find(([name]) => name.test(model))?.[1] ?? unknown;
}

const claudeFamily = (claude: Abilities): Family => ({
  claude,
  cachePoints: true,
  resultStatus: true,
  forcesTools: claude.forcesTools ? 'both' : 'none',
  structured: claude.structured,
  topK: 'top_k',
  thinking: null,
});
