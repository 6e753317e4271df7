import type { VendorCatalogue } from './catalogue';

export const deepseek: VendorCatalogue = {
  owner: 'deepseek',
  source: 'https://api-docs.deepseek.com/quick_start/pricing',
  sourceDate: '2026-09-10',
  models: [
    {
      id: 'deepseek-flash',
      // Off-peak. In DeepSeek's peak hours (workdays, 01–04 and 06–10 UTC) it costs twice as much.
      prices: { inputPerMTok: 0.15, outputPerMTok: 0.6, cacheReadPerMTok: 0.003 },
    },
    {
      id: 'deepseek-v4-flash',
      prices: { inputPerMTok: 0.14, outputPerMTok: 0.28, cacheReadPerMTok: 0.0028 },
      contextWindow: 1_000_000,
      source: 'https://github.com/arikusi/deepseek-mcp-server/releases/tag/v2.0.0',
      sourceDate: '2026-06-22',
    },
    {
      id: 'deepseek-v4-pro',
      prices: { inputPerMTok: 0.435, outputPerMTok: 0.87, cacheReadPerMTok: 0.003625 },
      contextWindow: 1_000_000,
      source: 'https://dev.to/hassann/how-to-use-deepseek-v4-pro-0813-api--4n8k',
      sourceDate: '2026-08-12',
    },
  ],
};
