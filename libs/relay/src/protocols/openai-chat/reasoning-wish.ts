import type { Quirks } from '@app/providers';
import type { ChatRequest, Effort, ReasoningWish } from '../../chat/request';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import { effortFor, effortOfBudget, reasons } from '../openai-models';
import { invalidValue } from './request-fields';
import type { RequestWriter } from './request-writer';

const efforts: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Request fields that say how much to think, in whatever vendor's spelling. */
export const reasoningFields = [
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
] as const;

/** OpenAI: `reasoning_effort`. OpenRouter: `reasoning`. Anthropic, Zhipu, Moonshot, DeepSeek: `thinking`. Qwen: `enable_thinking`. */
export function decodeReasoning(body: JsonObject): ReasoningWish | undefined {
  const reasoning = objectAt(body, 'reasoning');
  const named = effortOf(body.reasoning_effort, 'reasoning_effort') ?? effortOf(reasoning?.effort, 'reasoning.effort');
  const tokens = numberAt(reasoning, 'max_tokens') ?? tokensOf(body);
  const isOn = switchOf(body);
  const effort = isOn === false ? 'none' : (named ?? (isOn && tokens === undefined ? 'medium' : undefined));
  const budgetTokens = isOn === false ? undefined : tokens;
  const wish: ReasoningWish = {
    ...(effort ? { effort } : {}),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(reasoning?.exclude === true ? { summary: false } : {}),
  };
  return Object.keys(wish).length > 0 ? wish : undefined;
}

/** A budget; -1 where it is left to the model. */
function tokensOf(body: JsonObject): number | undefined {
  const thinking = objectAt(body, 'thinking');
  const adaptive = textAt(thinking, 'type') === 'adaptive' ? -1 : undefined;
  return numberAt(thinking, 'budget_tokens') ?? numberAt(body, 'thinking_budget') ?? adaptive;
}

const switches: Readonly<Record<string, boolean>> = { enabled: true, disabled: false };

/** Thinking merely switched on or off. */
function switchOf(body: JsonObject): boolean | undefined {
  const type = textAt(objectAt(body, 'thinking'), 'type') ?? '';
  const words = [
    objectAt(body, 'reasoning')?.enabled,
    Object.hasOwn(switches, type) ? switches[type] : undefined,
    body.enable_thinking,
  ];
  return words.find((word) => typeof word === 'boolean');
}

function effortOf(value: unknown, path: string): Effort | undefined {
  if (value == null) return undefined;
  const effort = efforts.find((known) => known === value);
  if (!effort) throw invalidValue(path, value, efforts);
  return effort;
}

type Encode = (effort: Effort | undefined, budget: number | undefined) => Readonly<Record<string, unknown>>;

const isOn = (effort: Effort): boolean => effort !== 'none' && effort !== 'minimal';
const switched = (effort: Effort | undefined) =>
  effort ? { thinking: { type: isOn(effort) ? 'enabled' : 'disabled' } } : {};

const encoders: Readonly<Record<Quirks['reasoningWish'], Encode>> = {
  reasoning_effort: (effort) => (effort ? { reasoning_effort: effort } : {}),
  reasoning: (effort, budget) => {
    if (budget !== undefined && budget > 0) return { reasoning: { max_tokens: budget } };
    return effort ? { reasoning: { effort } } : { reasoning: { enabled: true } };
  },
  thinking: (effort) => switched(effort),
  'thinking+effort': (effort) => ({
    ...switched(effort),
    ...(effort && isOn(effort) ? { reasoning_effort: effort } : {}),
  }),
  enable_thinking: (effort, budget) => ({
    enable_thinking: effort === undefined || isOn(effort),
    ...(budget !== undefined && budget > 0 ? { thinking_budget: budget } : {}),
  }),
};

/** Only OpenAI's newer models know more than `high`. */
function budgetEffort(tokens: number, model: string): Effort | undefined {
  const effort = effortOfBudget(tokens);
  return effort === 'xhigh' && !reasons(model) ? 'high' : effort;
}

/** The wish as the upstream takes it. Returns the effort that is sent, fitted to what the model knows. */
export function encodeReasoning({ model, reasoning }: ChatRequest, writer: RequestWriter): Effort | undefined {
  if (!reasoning) return undefined;
  const { reasoningWish } = writer.quirks;
  const { budgetTokens, summary, encrypted } = reasoning;
  const wanted = reasoning.effort ?? (budgetTokens === undefined ? undefined : budgetEffort(budgetTokens, model));
  const effort = wanted && reasoningWish === 'reasoning_effort' ? effortFor(wanted, model) : wanted;
  if (effort !== wanted && (effort !== undefined || wanted !== 'none')) writer.dropped.add('reasoning.effort');
  const isAsked = effort !== undefined || (budgetTokens !== undefined && wanted === undefined);
  const fields = isAsked ? encoders[reasoningWish](effort, budgetTokens) : {};
  const hides = summary === false && reasoningWish === 'reasoning';
  const shown = hides
    ? { reasoning: { ...(isObject(fields.reasoning) ? fields.reasoning : {}), exclude: true } }
    : fields;
  for (const [field, value] of Object.entries(shown)) writer.set(field, value, 'reasoning');
  if (summary !== undefined && !hides) writer.dropped.add('reasoning.summary');
  if (encrypted) writer.dropped.add('reasoning.encrypted');
  return effort;
}
