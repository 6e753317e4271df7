import { entryOf } from './fields';

/** Gemini's `standard` is `default` elsewhere; `flex` and `priority` are the same words. */
export const neutralTier = (tier: string | undefined): string | undefined =>
  tier === undefined ? undefined : tier.toLowerCase() === 'standard' ? 'default' : tier.toLowerCase();

const tiers: Readonly<Record<string, string>> = {
  default: 'standard',
  standard: 'standard',
  standard_only: 'standard',
  flex: 'flex',
  priority: 'priority',
};

/** Undefined for tiers Gemini does not have. */
export const geminiTier = (tier: string): string | undefined => entryOf(tiers, tier);
