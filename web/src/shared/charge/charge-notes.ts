import type { TFunction } from 'i18next';
import type { Charge } from '@/api/types';
import type { Format } from '@/shared/format/format';

/** What else decided the price, one sentence each. */
export function chargeNotes(charge: Charge, t: TFunction, format: Pick<Format, 'count'>): string[] {
  const { multipliers, group, window, serviceTier, longContextAbove, size, quality, unpriced, corrected } = charge;
  const times = (of: Charge['multipliers'][number]['of']) => {
    const found = multipliers.find((one) => one.of === of);
    return found && ` (× ${found.multiplier})`;
  };
  const groupTimes = times('group');
  return [
    group !== null && t('charge.note.ownGroup', { group }) + (groupTimes ?? ''),
    group === null && groupTimes && t('charge.note.group') + groupTimes,
    window !== null && t('charge.note.window', { window }) + (times('window') ?? ''),
    serviceTier !== null && t('charge.note.serviceTier', { tier: serviceTier }) + (times('serviceTier') ?? ''),
    longContextAbove !== null && t('charge.note.longContext', { tokens: format.count(longContextAbove) }),
    (size ?? quality) !== null && t('charge.note.media', { kind: [size, quality].filter(Boolean).join(', ') }),
    unpriced && t('charge.note.unpriced'),
    corrected && t('charge.note.corrected'),
  ].filter((note): note is string => typeof note === 'string');
}
