import type { Effort } from '../chat/request';

/** What of a request a Claude model takes; the rest is answered with 400. */
export interface Abilities {
  /**
   * How thinking is asked for. `manual`: `{type: enabled, budget_tokens}`. `adaptive`: `{type: adaptive}` with an effort;
   * `either`: both, the first being deprecated. `never`: not at all.
   */
  readonly thinking: 'never' | 'manual' | 'either' | 'adaptive';
  /** The model thinks where the request does not say. */
  readonly thinksByDefault: boolean;
  /** What switches thinking off; null: nothing does. */
  readonly off: 'disabled' | 'between_tools' | null;
  /** Levels of `output_config.effort`, ascending; empty: the field is refused. */
  readonly efforts: readonly Effort[];
  /** `temperature`, `top_p`, `top_k`: as one likes; up to 1 and not while thinking (`both`, or only `one` of the first two); or none. */
  readonly sampling: 'any' | 'both' | 'one' | 'none';
  /** `tool_choice` `any` and `tool`. */
  readonly forcesTools: boolean;
  /** `output_config.format` and strict tools. */
  readonly structured: boolean;
  /** Messages of role `system` inside the conversation. */
  readonly systemTurns: boolean;
  /** An answer the caller has begun, as the last message. */
  readonly prefill: boolean;
  /** Tools Anthropic runs itself, such as web search. */
  readonly serverTools: boolean;
  /** `max_tokens` for callers who name none: what every model of the generation allows. */
  readonly maxTokens: number;
}

const effortsTo = (...levels: Effort[]): readonly Effort[] => ['low', 'medium', ...levels];

const claude3: Abilities = {
  thinking: 'never',
  thinksByDefault: false,
  off: 'disabled',
  efforts: [],
  sampling: 'both',
  forcesTools: true,
  structured: false,
  systemTurns: false,
  prefill: true,
  serverTools: true,
  maxTokens: 4_096,
};
const claude35: Abilities = { ...claude3, maxTokens: 8_192 };
const claude37: Abilities = { ...claude3, thinking: 'manual', maxTokens: 32_000 };
const claude41: Abilities = { ...claude37, sampling: 'one' };
const claude45: Abilities = { ...claude41, structured: true };
const opus45: Abilities = { ...claude45, efforts: effortsTo('high') };
const claude46: Abilities = { ...opus45, thinking: 'either', prefill: false, efforts: effortsTo('high', 'max') };
const opus47: Abilities = {
  ...claude46,
  thinking: 'adaptive',
  efforts: effortsTo('high', 'xhigh', 'max'),
  sampling: 'none',
};
const opus48: Abilities = { ...opus47, systemTurns: true };
const sonnet5: Abilities = { ...opus47, thinksByDefault: true };
const claude5: Abilities = { ...opus48, thinksByDefault: true };
const always: Abilities = { ...claude5, off: null };
const always51: Abilities = { ...always, forcesTools: false };
const sonnet55: Abilities = { ...claude5, off: 'between_tools', forcesTools: false };

/** Anything that speaks the protocol and is no Claude: what its imitators have in common. */
const imitator: Abilities = { ...claude37, sampling: 'any', serverTools: false, maxTokens: 8_192 };

type Family = 'opus' | 'sonnet' | 'haiku' | 'fable' | 'mythos';

/**
 * From which version on a family behaves how, newest first; the version is major × 100 + minor. A version not yet known behaves
 * like its newest known sister. Sources: "What's new" and migration guides of each model on platform.claude.com/docs, the pages on
 * thinking, effort, structured outputs and mid-conversation system messages.
 */
const generations: Readonly<Record<Family, readonly (readonly [from: number, Abilities])[]>> = {
  opus: [
    [505, always51],
    [500, claude5],
    [408, opus48],
    [407, opus47],
    [406, claude46],
    [405, opus45],
    [401, claude41],
    [400, claude37],
    [0, claude3],
  ],
  sonnet: [
    [505, sonnet55],
    [500, sonnet5],
    [406, claude46],
    [405, claude45],
    [307, claude37],
    [305, claude35],
    [0, claude3],
  ],
  haiku: [
    [505, claude5],
    [405, claude45],
    [305, claude35],
    [0, claude3],
  ],
  fable: [
    [501, always51],
    [0, always],
  ],
  mythos: [
    [501, always51],
    [0, always],
  ],
};

/** `claude-opus-4-1@20250805`, `us.anthropic.claude-sonnet-4-20250514-v1:0`, `anthropic/claude-opus-4.7`: a date is no version. */
const named = /claude-(opus|sonnet|haiku|fable|mythos)(?:-(\d)(?:[-.](\d{1,2})(?!\d))?)?/;
/** `claude-3-7-sonnet-20250219`: until Claude 3.7 the version came first. */
const numbered = /claude-(\d)(?:[-.](\d{1,2}))?-(opus|sonnet|haiku)/;

/** What the model of this name takes; the name may be that of a cloud. */
export function abilitiesOf(model: string): Abilities {
  const name = model.toLowerCase();
  const old = numbered.exec(name);
  if (old) return since(old[3] as Family, version(old[1], old[2]));
  const found = named.exec(name);
  if (found) return since(found[1] as Family, found[2] === undefined ? Infinity : version(found[2], found[3]));
  return /claude-(\d|instant)/.test(name) ? claude3 : imitator;
}

/** No imitator of the protocol: what Anthropic checks is checked. */
export const isClaude = (model: string): boolean => abilitiesOf(model) !== imitator;

const version = (major: string | undefined, minor: string | undefined): number =>
  Number(major) * 100 + Number(minor ?? 0);

function since(family: Family, wanted: number): Abilities {
  // `claude-mythos-preview` came before the numbered ones.
  if (family === 'mythos' && wanted === Infinity) return always;
  return generations[family].find(([from]) => wanted >= from)?.[1] ?? claude3;
}

/** The model's level nearest to the wanted one, rather less than more; undefined when it has no levels. */
export function effortOf(wanted: Effort, { efforts }: Abilities): Effort | undefined {
  const scale: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
  const reach = scale.indexOf(wanted);
  return [...efforts].reverse().find((level) => scale.indexOf(level) <= reach) ?? efforts[0];
}
