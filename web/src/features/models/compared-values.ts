import type { ComparedPrice, ComparedPriceList, ImportPrices } from '@/api/types';

export const kinds = ['changed', 'new', 'gone'] as const;
export type Kind = (typeof kinds)[number];

export const shownRows = (items: readonly ComparedPrice[], kind: Kind, search: string): ComparedPrice[] => {
  const text = search.trim().toLowerCase();
  return items.filter((item) => item.kind === kind && item.id.toLowerCase().includes(text));
};

/** What was ticked, as the import takes it. */
export function choiceOf(
  { items, digest }: Pick<ComparedPriceList, 'items' | 'digest'>,
  ticked: ReadonlySet<string>,
): Pick<ImportPrices, 'take' | 'remove' | 'digest'> {
  const chosen = items.filter(({ id }) => ticked.has(id));
  return {
    take: chosen.filter(({ kind }) => kind !== 'gone').map(({ id }) => id),
    remove: chosen.filter(({ kind }) => kind === 'gone').map(({ id }) => id),
    digest,
  };
}

export interface ShownDifference {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Of a new price: all it says. */
export function differencesOf({ kind, differences, after }: ComparedPrice): ShownDifference[] {
  if (kind !== 'new')
    return differences.map((one) => ({ path: one.path, before: shown(one.before), after: shown(one.after) }));
  return Object.entries(after ?? {}).map(([path, value]) => ({ path, before: shown(undefined), after: shown(value) }));
}

const shown = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
