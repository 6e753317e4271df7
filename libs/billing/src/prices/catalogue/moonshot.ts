import type { VendorCatalogue } from './catalogue';
import { genaiPrices } from './transcripts';

export const moonshot: VendorCatalogue = {
  owner: 'moonshot',
  source: 'https://platform.kimi.ai/docs/pricing/chat-k3',
  sourceDate: '2026-07-17',
  models: [
    {
      id: 'kimi-k3.1-pro',
      prices: {
        inputPerMTok: 2,
        outputPerMTok: 10,
        cacheReadPerMTok: 0.2,
        cacheWritePerMTok: 2,
        cacheWrite1hPerMTok: 4,
      },
      source: 'https://docs.apiyi.com/api-capabilities/kimi-k3-1/overview',
      sourceDate: '2026-11-23',
    },
    {
      id: 'kimi-k3',
      prices: { inputPerMTok: 3, outputPerMTok: 15, cacheReadPerMTok: 0.3 },
      contextWindow: 1_048_576,
    },
    {
      id: 'kimi-k2.7-code',
      prices: { inputPerMTok: 0.95, outputPerMTok: 4, cacheReadPerMTok: 0.19 },
      contextWindow: 262_144,
      source: 'https://github.com/siml1169/kimi-copilot-provider_k3',
      sourceDate: '2026-07-24',
    },
    {
      id: 'kimi-k2.6',
      prices: { inputPerMTok: 0.95, outputPerMTok: 4, cacheReadPerMTok: 0.16 },
      contextWindow: 262_144,
      source: 'https://github.com/siml1169/kimi-copilot-provider_k3',
      sourceDate: '2026-07-24',
    },
    {
      id: 'kimi-k2.5',
      prices: { inputPerMTok: 0.6, outputPerMTok: 3, cacheReadPerMTok: 0.1 },
      contextWindow: 262_144,
      source: genaiPrices('e52fc7a8', 'moonshotai'),
      sourceDate: '2026-03-11',
    },
    ...(
      [
        ['moonshot-v1-8k', 0.2, 2, 8_192],
        ['moonshot-v1-32k', 1, 3, 32_768],
        ['moonshot-v1-128k', 2, 5, 131_072],
      ] as const
    ).map(([id, inputPerMTok, outputPerMTok, contextWindow]) => ({
      id,
      prices: { inputPerMTok, outputPerMTok },
      contextWindow,
      source: genaiPrices('e52fc7a8', 'moonshotai'),
      sourceDate: '2026-03-11',
    })),
  ],
};
