import type { Effort } from '../chat/request';

/** From least to most. */
const scale: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Efforts OpenAI's models know, by the beginning of the name, special cases first. https://platform.openai.com/docs/guides/reasoning */
const families: readonly (readonly [name: RegExp, efforts: readonly Effort[]])[] = [
  [/^gpt-5(\.\d+)?-chat/, []],
  [/^gpt-5-pro/, ['high']],
  [/^gpt-5(\.\d+)?-pro/, ['medium', 'high', 'xhigh']],
  [/^gpt-5-codex/, ['low', 'medium', 'high']],
  [/^gpt-5(-|$)/, ['minimal', 'low', 'medium', 'high']],
  [/^gpt-5\.1-codex-max/, ['none', 'medium', 'high', 'xhigh']],
  [/^gpt-5\.1/, ['none', 'low', 'medium', 'high']],
  [/^gpt-([5-9]|\d\d)/, ['none', 'low', 'medium', 'high', 'xhigh']],
  [/^(o\d|codex)/, ['low', 'medium', 'high']],
  [/^(gpt-[34]|chatgpt|computer-use)/, []],
];

/** The efforts a model knows: none for one that does not reason, undefined for one of another vendor. */
function effortsOf(model: string): readonly Effort[] | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/^openai\./, '');
  return families.find(([family]) => family.test(name))?.[1];
}

/** The model thinks whether asked or not; such models take no `temperature`, `top_p` or log probabilities. */
export const reasons = (model: string): boolean => (effortsOf(model)?.length ?? 0) > 0;

/** The nearest effort the model knows, rather less than more; undefined when it knows none. */
export function effortFor(wanted: Effort, model: string): Effort | undefined {
  const known = effortsOf(model);
  if (!known) return wanted;
  const limit = scale.indexOf(wanted);
  return known.filter((effort) => scale.indexOf(effort) <= limit).at(-1) ?? known[0];
}

/** The highest effort whose usual budget is reached, but never `max`, which knows no bound. */
const budgets: readonly (readonly [effort: Effort, tokens: number])[] = [
  ['low', 0],
  ['medium', 8_192],
  ['high', 16_384],
  ['xhigh', 24_576],
];

/** `budgetTokens` in efforts: 0 switches thinking off, a negative one leaves it to the model. */
export function effortOfBudget(tokens: number): Effort | undefined {
  if (tokens < 0) return undefined;
  return tokens === 0 ? 'none' : budgets.filter(([, budget]) => budget <= tokens).at(-1)?.[0];
}
