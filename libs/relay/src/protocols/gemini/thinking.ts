import type { Effort, ReasoningWish } from '../../chat/request';
import { defined, type JsonObject } from '../../json';
import { checkedWord, field, numberField } from './fields';
import type { Family, Level } from './family';

/**
 * Effort ↔ thinking budget ↔ thinking level, as Google maps OpenAI's `reasoning_effort` itself
 * (https://ai.google.dev/gemini-api/docs/openai):
 *
 * | effort  | 3 Flash, later | 3.1 Pro | 3 Pro | 2.5 budget            |
 * |---------|----------------|---------|-------|-----------------------|
 * | none    | MINIMAL        | LOW     | LOW   | 0 (2.5 Pro: 128)      |
 * | minimal | MINIMAL        | LOW     | LOW   | 1 024                 |
 * | low     | LOW            | LOW     | LOW   | 1 024                 |
 * | medium  | MEDIUM         | MEDIUM  | HIGH  | 8 192                 |
 * | high    | HIGH           | HIGH    | HIGH  | 24 576                |
 * | xhigh…  | HIGH           | HIGH    | HIGH  | the model's largest   |
 *
 * A budget becomes the level of the smallest effort whose budget holds it; -1 leaves it to the model, as no level does. What
 * cannot be switched off thinks as little as it can, and `reasoning.effort` is dropped.
 */
const budgetOf: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: Infinity,
  max: Infinity,
};

const ranks: readonly Level[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'];
const rankOf: Readonly<Record<Effort, number>> = { none: 0, minimal: 0, low: 1, medium: 2, high: 3, xhigh: 3, max: 3 };

const levels: ReadonlySet<string> = new Set(ranks);

/** `thinkingConfig` of a caller. Thoughts are shown only on request. */
export function decodeThinking(config: JsonObject | undefined): ReasoningWish | undefined {
  if (!config) return undefined;
  const level = checkedWord(config, 'thinkingLevel', 'generationConfig.thinkingConfig', levels);
  return defined<ReasoningWish>({
    effort: level?.toLowerCase() as Effort | undefined,
    budgetTokens: numberField(config, 'thinkingBudget'),
    summary: field(config, 'includeThoughts') === true ? 'auto' : false,
  });
}

/** Fields of `thinkingConfig` that `decodeThinking` understands. */
export const thinkingFields: ReadonlySet<string> = new Set(['thinkingLevel', 'thinkingBudget', 'includeThoughts']);

/** `thinkingConfig` for a model of this family; undefined when nothing is to be said. */
export function encodeThinking(
  wish: ReasoningWish | undefined,
  family: Family,
  dropped: Set<string>,
): JsonObject | undefined {
  if (!wish) return undefined;
  const { effort, budgetTokens, summary } = wish;
  const silent = effort === undefined && budgetTokens === undefined && summary === undefined;
  if (silent) return undefined;
  const off = budgetTokens === 0 || (budgetTokens === undefined && effort === 'none');
  if (family.thinking === 'none') {
    if (!off && (effort !== undefined || budgetTokens !== undefined)) dropped.add('reasoning');
    return undefined;
  }
  const depth = family.thinking === 'level' ? byLevel(wish, family, dropped) : byBudget(wish, family, dropped);
  // Whoever asks for thinking is shown it, as its price is the same; only `summary: false` hides it.
  const shown = off ? {} : { includeThoughts: summary !== false };
  const config = { ...depth, ...shown };
  return Object.keys(config).length > 0 ? config : undefined;
}

function byLevel({ effort, budgetTokens }: ReasoningWish, { levels }: Family, dropped: Set<string>): JsonObject {
  const wanted = effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens));
  if (wanted === undefined) return {};
  const least = levels[0] ?? 'LOW';
  if ((wanted === 'none' || budgetTokens === 0) && least !== 'MINIMAL') dropped.add('reasoning.effort');
  const rank = budgetTokens === 0 ? 0 : rankOf[wanted];
  return { thinkingLevel: levels.find((level) => ranks.indexOf(level) >= rank) ?? levels.at(-1) ?? least };
}

function effortOfBudget(tokens: number): Effort | undefined {
  if (tokens < 0) return undefined;
  return (['none', 'low', 'medium', 'high'] as const).find((effort) => tokens <= budgetOf[effort]) ?? 'high';
}

function byBudget({ effort, budgetTokens }: ReasoningWish, { budget }: Family, dropped: Set<string>): JsonObject {
  const wanted = budgetTokens ?? (effort === undefined ? undefined : budgetOf[effort]);
  if (wanted === undefined) return {};
  if (wanted < 0) return { thinkingBudget: -1 };
  if (wanted === 0) {
    if (!budget.off) dropped.add('reasoning.effort');
    return { thinkingBudget: budget.off ? 0 : budget.min };
  }
  return { thinkingBudget: Math.min(budget.max, Math.max(budget.min, Math.round(wanted))) };
}
