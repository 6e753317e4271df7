import { invalid } from '@app/core';

/** Who is asked first among channels of the same priority: by weight, who has the least to do, who begins to answer soonest, who costs least. */
export const routingStrategies = ['weighted', 'least_busy', 'lowest_latency', 'cheapest'] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/**
 * Which calls stay with one channel, for its prompt cache: none; those of one named session (`prompt_cache_key`, a session header,
 * `user`); also those that begin alike.
 */
export const affinities = ['off', 'session', 'prefix'] as const;
export type Affinity = (typeof affinities)[number];

/** How the calls of a group find their upstream. */
export interface GroupRouting {
  readonly strategy: RoutingStrategy;
  readonly affinity: Affinity;
  /** A second channel is asked when the first has not begun to answer after so many milliseconds. Null: never. */
  readonly hedgeAfterMs: number | null;
  /** Model → the models that stand in for it, in this order, when nobody serves it or everybody fails. `*`: any other model. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
}

export const plainRouting: GroupRouting = Object.freeze({
  strategy: 'weighted',
  affinity: 'session',
  hedgeAfterMs: null,
  fallbacks: Object.freeze({}),
});

export const routingLimits = { fallbacks: 500, chain: 5, modelLength: 200, hedgeMin: 50, hedgeMax: 600_000 } as const;

/** What is left out is the plain way. Throws `invalid` with the field. */
export function routingOf(input: Partial<GroupRouting> | null | undefined): GroupRouting {
  const { strategy, affinity, fallbacks } = plainRouting;
  return checked({
    strategy: input?.strategy ?? strategy,
    affinity: input?.affinity ?? affinity,
    hedgeAfterMs: input?.hedgeAfterMs ?? null,
    fallbacks: input?.fallbacks ?? fallbacks,
  });
}

function checked({ strategy, affinity, hedgeAfterMs, fallbacks }: GroupRouting): GroupRouting {
  if (!routingStrategies.includes(strategy))
    throw invalid('routing.strategy', `must be one of ${routingStrategies.join(', ')}`);
  if (!affinities.includes(affinity)) throw invalid('routing.affinity', `must be one of ${affinities.join(', ')}`);
  if (hedgeAfterMs !== null && !isWithin(hedgeAfterMs, routingLimits.hedgeMin, routingLimits.hedgeMax))
    throw invalid('routing.hedgeAfterMs', `must be from ${routingLimits.hedgeMin} to ${routingLimits.hedgeMax}`);
  checkFallbacks(fallbacks);
  return { strategy, affinity, hedgeAfterMs, fallbacks };
}

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function checkFallbacks(fallbacks: GroupRouting['fallbacks']): void {
  if (typeof fallbacks !== 'object' || fallbacks === null || Array.isArray(fallbacks))
    throw invalid('routing.fallbacks', 'must be an object of lists');
  const entries = Object.entries(fallbacks);
  if (entries.length > routingLimits.fallbacks)
    throw invalid('routing.fallbacks', `must name at most ${routingLimits.fallbacks} models`);
  for (const [model, chain] of entries) {
    const path = `routing.fallbacks.${model.slice(0, 64)}`;
    if (!isModel(model)) throw invalid('routing.fallbacks', 'names must be models');
    if (!Array.isArray(chain) || chain.length === 0 || chain.length > routingLimits.chain)
      throw invalid(path, `must be a list of 1 to ${routingLimits.chain} models`);
    if (!chain.every(isModel)) throw invalid(path, 'must be a list of models');
    if (chain.includes(model)) throw invalid(path, 'must not name the model itself');
  }
}

const isModel = (name: unknown): name is string =>
  typeof name === 'string' && name.length <= routingLimits.modelLength && /^(\*|[A-Za-z0-9._:/@+-]+)$/.test(name);

/** The models that stand in for one, in order. */
export const fallbacksFor = ({ fallbacks }: GroupRouting, model: string): readonly string[] =>
  (Object.hasOwn(fallbacks, model) ? fallbacks[model] : fallbacks['*']?.filter((name) => name !== model)) ?? none;

const none: readonly string[] = [];
