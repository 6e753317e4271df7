import type { VendorCatalogue } from './catalogue';
import { modelsDev } from './transcripts';

// Grounding with Google's search, of the same page: $14 for 1 000 queries with Gemini 3, $35 for 1 000 answers with Gemini 2.5. What a
// day's or a month's first ones cost nothing for is not counted here.
const byQuery = { tools: { googleSearch: 0.014 } };
const byAnswer = { tools: { groundedAnswer: 0.035 } };

export const google: VendorCatalogue = {
  owner: 'google',
  source: 'https://ai.google.dev/gemini-api/docs/pricing',
  // As transcribed in https://github.com/api-evangelist/deepmind/blob/47a9772b/plans/deepmind-plans-pricing.yml
  sourceDate: '2026-10-07',
  models: [
    {
      id: 'gemini-3.8-flash',
      // Introductory, to the end of 2026; from 2027 on twice as much.
      prices: { inputPerMTok: 0.75, outputPerMTok: 3.75, cacheReadPerMTok: 0.075, ...byQuery },
    },
    {
      id: 'gemini-3.5-flash',
      prices: { inputPerMTok: 1.5, outputPerMTok: 9, cacheReadPerMTok: 0.15, ...byQuery },
      contextWindow: 1_048_576,
    },
    { id: 'gemini-3.5-flash-lite', prices: { inputPerMTok: 0.3, outputPerMTok: 2.5, ...byQuery } },
    {
      id: 'gemini-3.1-pro-preview',
      prices: {
        inputPerMTok: 2,
        outputPerMTok: 12,
        cacheReadPerMTok: 0.2,
        longContext: [{ aboveTokens: 200_000, inputPerMTok: 4, outputPerMTok: 18, cacheReadPerMTok: 0.4 }],
        ...byQuery,
      },
      contextWindow: 1_048_576,
    },
    {
      id: 'gemini-2.5-pro',
      prices: {
        inputPerMTok: 1.25,
        outputPerMTok: 10,
        cacheReadPerMTok: 0.125,
        longContext: [{ aboveTokens: 200_000, inputPerMTok: 2.5, outputPerMTok: 15, cacheReadPerMTok: 0.25 }],
        ...byAnswer,
      },
      contextWindow: 1_048_576,
      source: modelsDev('96e7a00f', 'google/models/gemini-2.5-pro'),
      sourceDate: '2026-11-23',
    },
    {
      id: 'gemini-2.5-flash',
      prices: { inputPerMTok: 0.3, outputPerMTok: 2.5, cacheReadPerMTok: 0.03, audioInPerMTok: 1, ...byAnswer },
      contextWindow: 1_048_576,
      source: modelsDev('51752b58', 'google/models/gemini-2.5-flash'),
      sourceDate: '2026-11-23',
    },
    {
      id: 'gemini-2.5-flash-lite',
      prices: { inputPerMTok: 0.1, outputPerMTok: 0.4, cacheReadPerMTok: 0.01, audioInPerMTok: 0.3, ...byAnswer },
      contextWindow: 1_048_576,
      source: modelsDev('19565ce2', 'google/models/gemini-2.5-flash-lite'),
      sourceDate: '2026-11-23',
    },
    { id: 'gemini-embedding-2', prices: { inputPerMTok: 0.2, outputPerMTok: 0 }, endpoints: ['embeddings'] },
  ],
};
