import type { ChatRequest, ReasoningWish } from '../../chat/request';
import type { JsonObject } from '../../json';
import { encodeThinking as encodeClaudeThinking } from '../claude-thinking';
import type { Message } from './encode-turns';
import type { Family } from './family';

export interface Thought {
  /** Fields of `additionalModelRequestFields`. */
  readonly additional: JsonObject;
  readonly isThinking: boolean;
  readonly maxTokens: number | undefined;
}

/** Converse has no field of its own for thinking: it is asked for in the model's own words. */
export function encodeThinking(
  request: ChatRequest,
  family: Family,
  { messages, isForced }: { readonly messages: readonly Message[]; readonly isForced: boolean },
  dropped: Set<string>,
): Thought {
  const limit = request.sampling.maxOutputTokens;
  const asUsual: Thought = { additional: {}, isThinking: false, maxTokens: limit };
  if (!request.reasoning) return asUsual;
  if (!family.claude) return { ...asUsual, additional: inOwnWords(request.reasoning, family, dropped) };
  const obstacles = { forcedTool: isForced, thoughtsMissing: lacksThoughts(messages) };
  const { thinking, effort, maxTokens, active } = encodeClaudeThinking(request, family.claude, obstacles, dropped);
  return {
    additional: { ...(thinking ? { thinking } : {}), ...(effort ? { output_config: { effort } } : {}) },
    isThinking: active,
    // Left out, the limit is the model's own; a budget must stay below it.
    maxTokens: active ? maxTokens : limit,
  };
}

/** Nova 2 and gpt-oss know three efforts; Nova must not be given a limit with the highest. */
function inOwnWords({ effort, budgetTokens }: ReasoningWish, { thinking }: Family, dropped: Set<string>): JsonObject {
  const isOff = budgetTokens === 0 || (budgetTokens === undefined && (effort === 'none' || effort === undefined));
  if (isOff) return {};
  const level = effort === undefined || effort === 'none' ? 'medium' : (levels[effort] ?? 'high');
  if (thinking === 'reasoning_effort') return { reasoning_effort: level };
  if (thinking === 'reasoningConfig') return { reasoningConfig: { type: 'enabled', maxReasoningEffort: level } };
  dropped.add('reasoning');
  return {};
}

const levels: Readonly<Record<string, string>> = { minimal: 'low', low: 'low', medium: 'medium', high: 'high' };

/** The tool calls being answered must come with the thoughts that led to them, and no answer be begun for the model. */
function lacksThoughts(messages: readonly Message[]): boolean {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const spoken = messages[last];
  if (!spoken) return false;
  const following = messages.slice(last + 1);
  const answersTools = following.some(({ content }) => content.some((block) => 'toolResult' in block));
  if (following.length > 0 && !answersTools) return false;
  return !spoken.content[0] || !('reasoningContent' in spoken.content[0]);
}
