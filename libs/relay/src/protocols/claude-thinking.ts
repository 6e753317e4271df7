import type { ChatRequest, Effort, ReasoningWish } from '../chat/request';
import { arrayAt, isObject, type JsonObject, textAt } from '../json';
import { badRequest } from '../relay.errors';
import { type Abilities, effortOf } from './claude-models';

/**
 * Effort in other protocols ↔ `budget_tokens` of models that think by budget. An effort becomes its budget; a budget becomes, on
 * models that think by effort, the highest effort whose budget it reaches, but never `max`, which knows no bound.
 */
const budgets: readonly (readonly [effort: Effort, tokens: number])[] = [
  ['minimal', 1_024],
  ['low', 2_048],
  ['medium', 8_192],
  ['high', 16_384],
  ['xhigh', 24_576],
  ['max', 27_904],
];

/** The least budget Anthropic accepts. */
const MIN_BUDGET = 1_024;
/** Left for the answer where the caller names no limit. */
const ANSWER_TOKENS = 4_096;
/** Thinking switched off is refused together with more. */
const MAX_EFFORT_WITHOUT_THINKING: Effort = 'high';

export interface Thinking {
  readonly thinking?: JsonObject;
  readonly effort?: Effort;
  readonly maxTokens: number;
  /** Thinking is on by this request, which limits sampling. */
  readonly active: boolean;
}

/** What stands against thinking by budget. */
export interface Obstacles {
  /** `tool_choice` names a tool or wants any. */
  readonly forcedTool: boolean;
  /** The tool calls now being answered came without the thoughts that led to them. */
  readonly thoughtsMissing: boolean;
}

export function encodeThinking(
  request: ChatRequest,
  abilities: Abilities,
  obstacles: Obstacles,
  dropped: Set<string>,
): Thinking {
  const wish = request.reasoning ?? {};
  const limit = request.sampling.maxOutputTokens;
  const without = { maxTokens: limit ?? abilities.maxTokens, active: false };
  if (isOff(wish)) return { ...without, ...switchedOff(wish, abilities, dropped) };
  if (wish.effort === undefined && wish.budgetTokens === undefined)
    return { ...without, ...onlyShown(wish, abilities) };
  if (abilities.thinking === 'never') return lost(without, dropped);
  return byBudget(wish, abilities, obstacles, limit) ?? byEffort(wish, abilities, obstacles, without, dropped);
}

const isOff = ({ effort, budgetTokens }: ReasoningWish): boolean =>
  budgetTokens === 0 || (budgetTokens === undefined && effort === 'none');

const lost = (without: Thinking, dropped: Set<string>): Thinking => {
  dropped.add('reasoning');
  return without;
};

function switchedOff(
  { effort = 'none' }: ReasoningWish,
  abilities: Abilities,
  dropped: Set<string>,
): Partial<Thinking> {
  if (abilities.thinking === 'never') return {};
  if (abilities.off === null) {
    dropped.add('reasoning');
    return { effort: effortOf(effort, abilities) };
  }
  const ceiling = effort === 'xhigh' || effort === 'max' ? MAX_EFFORT_WITHOUT_THINKING : effort;
  const level = effort === 'none' ? undefined : effortOf(ceiling, abilities);
  return { thinking: { type: abilities.off }, ...(level ? { effort: level } : {}) };
}

/** No wish how much to think, but perhaps one what to see of it. */
function onlyShown(wish: ReasoningWish, abilities: Abilities): Partial<Thinking> {
  const display = displayOf(wish, abilities);
  return abilities.thinksByDefault && display ? { thinking: { type: 'adaptive', display } } : {};
}

/** Undefined where the model or the conversation does not let it think by budget. */
function byBudget(
  wish: ReasoningWish,
  abilities: Abilities,
  obstacles: Obstacles,
  limit: number | undefined,
): Thinking | undefined {
  const wanted = (wish.budgetTokens ?? -1) > 0 ? wish.budgetTokens : undefined;
  const possible = abilities.thinking === 'manual' || (abilities.thinking === 'either' && wanted !== undefined);
  if (!possible || obstacles.forcedTool || obstacles.thoughtsMissing || (limit !== undefined && limit <= MIN_BUDGET))
    return undefined;
  const budget = fitted(wanted ?? budgetOf(wish.effort ?? 'medium'), limit);
  const display = displayOf(wish, abilities);
  return {
    thinking: { type: 'enabled', budget_tokens: budget, ...(display ? { display } : {}) },
    ...(wish.effort ? { effort: effortOf(wish.effort, abilities) } : {}),
    maxTokens: limit ?? Math.max(abilities.maxTokens, budget + ANSWER_TOKENS),
    active: true,
  };
}

/** The budget counts towards `max_tokens` and must stay below it; a quarter is left for the answer. */
function fitted(budget: number, limit: number | undefined): number {
  const most = limit === undefined || budget < limit ? budget : Math.floor((limit * 3) / 4);
  return Math.max(MIN_BUDGET, most);
}

function byEffort(
  wish: ReasoningWish,
  abilities: Abilities,
  { forcedTool }: Obstacles,
  without: Thinking,
  dropped: Set<string>,
): Thinking {
  if (abilities.thinking === 'manual') return lost(without, dropped);
  const wanted = wish.effort ?? ((wish.budgetTokens ?? -1) > 0 ? effortOfBudget(wish.budgetTokens ?? 0) : undefined);
  const effort = wanted && effortOf(wanted, abilities);
  if (forcedTool && !abilities.thinksByDefault) return { ...lost(without, dropped), effort };
  const display = displayOf(wish, abilities);
  const thinking = { type: 'adaptive', ...(display ? { display } : {}) };
  return { ...without, ...(forcedTool ? {} : { thinking }), effort, active: !forcedTool };
}

const budgetOf = (effort: Effort): number => budgets.find(([level]) => level === effort)?.[1] ?? MIN_BUDGET;

function effortOfBudget(tokens: number): Effort {
  const reached = budgets.filter(([effort, budget]) => effort !== 'max' && budget <= tokens).at(-1);
  return reached?.[0] ?? 'minimal';
}

/** Models that think by budget show a summary anyway, and their imitators do not know the field. */
function displayOf({ summary }: ReasoningWish, { thinking, serverTools }: Abilities): string | undefined {
  if (summary === undefined || !serverTools) return undefined;
  if (summary === false) return 'omitted';
  return thinking === 'manual' ? undefined : 'summarized';
}

/**
 * In manual mode the tool calls being answered must come with their thoughts, and no answer may be begun for the model:
 * "a final `assistant` message must start with a thinking block".
 */
export function lacksThoughts(messages: readonly JsonObject[]): boolean {
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  if (last < 0) return false;
  const following = messages.slice(last + 1);
  const answersTools = following.some((message) =>
    arrayAt(message, 'content').some((block) => textAt(block, 'type') === 'tool_result'),
  );
  if (following.length > 0 && !answersTools) return false;
  const first = textAt(arrayAt(messages[last], 'content')[0], 'type');
  return first !== 'thinking' && first !== 'redacted_thinking';
}

const known: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

function decodeEffort(value: unknown): Effort {
  const path = 'output_config.effort';
  if (typeof value !== 'string' || !known.has(value))
    throw badRequest(`${path}: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'`, path);
  return value as Effort; // one of the names above
}

/** `thinking` and `output_config.effort` of a caller; undefined when it says nothing of either. */
export function decodeThinking(thinking: unknown, effort: unknown): ReasoningWish | undefined {
  const wish: ReasoningWish = {
    ...(effort == null ? {} : { effort: decodeEffort(effort) }),
    ...(isObject(thinking) ? wishOf(thinking) : {}),
  };
  return Object.keys(wish).length > 0 ? wish : undefined;
}

function wishOf(thinking: JsonObject): ReasoningWish {
  const { budget_tokens: budget, display, type } = thinking;
  const summary =
    display === 'summarized' ? { summary: 'auto' as const } : display === 'omitted' ? { summary: false as const } : {};
  switch (type) {
    case 'enabled':
      return { budgetTokens: typeof budget === 'number' ? budget : -1, ...summary };
    case 'adaptive':
      return { budgetTokens: -1, ...summary };
    case 'disabled':
    case 'between_tools':
      return { budgetTokens: 0 };
    default:
      if (type == null && display != null) return summary;
      throw badRequest(
        "thinking.type: Input should be 'enabled', 'adaptive', 'disabled' or 'between_tools'",
        'thinking.type',
      );
  }
}
