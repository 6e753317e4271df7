import type { VendorCatalogue } from './catalogue';
import { modelsDev } from './transcripts';

/** Mistral's pages, as transcribed in models.dev on the dates given. */
const page = (name: string): string => `https://docs.mistral.ai/models/${name}`;

export const mistral: VendorCatalogue = {
  owner: 'mistral',
  source: 'https://docs.mistral.ai/inference/pricing',
  sourceDate: '2026-08-27',
  models: [
    {
      id: 'mistral-large-4',
      // Half of the list price while in public preview.
      prices: { inputPerMTok: 0.68, outputPerMTok: 2.09, cacheReadPerMTok: 0.07 },
      source: page('mistral-large-4-0'),
      sourceDate: '2026-10-06',
    },
    {
      id: 'mistral-large-2512',
      prices: { inputPerMTok: 0.5, outputPerMTok: 1.5 },
      contextWindow: 262_144,
      source: modelsDev('7fbe2242', 'mistral/models/mistral-large-2512'),
      sourceDate: '2026-11-23',
    },
    {
      id: 'mistral-medium-2604',
      aliases: ['mistral-medium-3-5'],
      prices: { inputPerMTok: 1.5, outputPerMTok: 7.5 },
      source: page('mistral-medium-3-5-26-04'),
    },
    {
      id: 'codestral-2508',
      aliases: ['codestral-latest'],
      prices: { inputPerMTok: 0.3, outputPerMTok: 0.9, cacheReadPerMTok: 0.03 },
      contextWindow: 128_000,
      source: page('codestral-25-08'),
    },
  ],
};
