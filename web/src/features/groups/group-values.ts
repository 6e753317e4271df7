import type { Group, GroupInput, GroupRouting } from '@/api/types';
import { fallbacksOf, linesOf } from './fallback-lines';

/** What the form holds. Names are the API's, so that the server's field errors find their field. */
export interface GroupValues {
  name: string;
  priceMultiplier: number | '';
  rpm: number | '';
  tpm: number | '';
  concurrency: number | '';
  routing: {
    strategy: GroupRouting['strategy'];
    affinity: GroupRouting['affinity'];
    hedgeAfterMs: number | '';
    /** One line for each model. */
    fallbacks: string;
  };
}

export const valuesOf = (group: Group | undefined): GroupValues => ({
  name: group?.name ?? '',
  priceMultiplier: group?.priceMultiplier ?? 1,
  rpm: group?.rpm ?? '',
  tpm: group?.tpm ?? '',
  concurrency: group?.concurrency ?? '',
  routing: {
    strategy: group?.routing.strategy ?? 'weighted',
    affinity: group?.routing.affinity ?? 'session',
    hedgeAfterMs: group?.routing.hedgeAfterMs ?? '',
    fallbacks: linesOf(group?.routing.fallbacks ?? {}),
  },
});

const numberOr = (value: number | ''): number | null => (value === '' ? null : value);

export const inputOf = ({ priceMultiplier, rpm, tpm, concurrency, routing }: GroupValues): GroupInput => ({
  priceMultiplier: priceMultiplier === '' ? 1 : priceMultiplier,
  rpm: numberOr(rpm),
  tpm: numberOr(tpm),
  concurrency: numberOr(concurrency),
  routing: {
    strategy: routing.strategy,
    affinity: routing.affinity,
    hedgeAfterMs: numberOr(routing.hedgeAfterMs),
    fallbacks: fallbacksOf(routing.fallbacks) ?? {},
  },
});
