import type { VendorCatalogue } from './catalogue';
import { genaiPrices, modelsDev } from './transcripts';

export const zhipu: VendorCatalogue = {
  owner: 'zhipu',
  // Of https://docs.z.ai/guides/overview/pricing
  source: genaiPrices('2c7819fc', 'zai'),
  sourceDate: '2026-08-26',
  models: [
    {
      id: 'glm-5.3',
      prices: { inputPerMTok: 1.4, outputPerMTok: 4.4, cacheReadPerMTok: 0.26 },
      contextWindow: 1_000_000,
    },
    {
      id: 'glm-5.3-flash',
      prices: { inputPerMTok: 0.15, outputPerMTok: 0.5, cacheReadPerMTok: 0.03 },
      contextWindow: 1_000_000,
    },
    {
      id: 'glm-5.2',
      prices: { inputPerMTok: 1.4, outputPerMTok: 4.4, cacheReadPerMTok: 0.26 },
      contextWindow: 1_000_000,
      sourceDate: '2026-08-04',
    },
    {
      id: 'glm-4.7',
      prices: { inputPerMTok: 0.6, outputPerMTok: 2.2, cacheReadPerMTok: 0.11 },
      contextWindow: 204_800,
      source: modelsDev('219ace15', 'zai/models/glm-4.7'),
      sourceDate: '2026-11-23',
    },
  ],
};
