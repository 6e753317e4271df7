import type { VendorCatalogue } from './catalogue';
import { modelsDev } from './transcripts';

export const groq: VendorCatalogue = {
  owner: 'groq',
  source: modelsDev('3beb135e', 'groq/models/openai/gpt-oss-120b'),
  sourceDate: '2026-11-23',
  models: [
    {
      id: 'openai/gpt-oss-120b',
      prices: { inputPerMTok: 0.15, outputPerMTok: 0.6, cacheReadPerMTok: 0.075 },
      contextWindow: 131_072,
    },
    {
      id: 'openai/gpt-oss-20b',
      prices: { inputPerMTok: 0.075, outputPerMTok: 0.3, cacheReadPerMTok: 0.0375 },
      contextWindow: 131_072,
      source: modelsDev('3beb135e', 'groq/models/openai/gpt-oss-20b'),
    },
  ],
};
