import type { VendorCatalogue } from './catalogue';
import { modelsDev } from './transcripts';

/** Alibaba's international prices. */
export const qwen: VendorCatalogue = {
  owner: 'qwen',
  source: modelsDev('ea7b45e3', 'alibaba/models/qwen3-max'),
  sourceDate: '2026-11-23',
  models: [
    {
      id: 'qwen3-max',
      prices: {
        inputPerMTok: 1.2,
        outputPerMTok: 6,
        cacheReadPerMTok: 0.24,
        cacheWritePerMTok: 1.5,
        longContext: [
          { aboveTokens: 32_000, inputPerMTok: 2.4, outputPerMTok: 12, cacheReadPerMTok: 0.48, cacheWritePerMTok: 3 },
          { aboveTokens: 128_000, inputPerMTok: 3, outputPerMTok: 15, cacheReadPerMTok: 0.6, cacheWritePerMTok: 3.75 },
        ],
      },
    },
    {
      id: 'qwen3-coder-plus',
      prices: {
        inputPerMTok: 1,
        outputPerMTok: 5,
        cacheReadPerMTok: 0.2,
        cacheWritePerMTok: 1.25,
        longContext: [
          { aboveTokens: 32_000, inputPerMTok: 1.8, outputPerMTok: 9, cacheReadPerMTok: 0.36, cacheWritePerMTok: 2.25 },
          { aboveTokens: 128_000, inputPerMTok: 3, outputPerMTok: 15, cacheReadPerMTok: 0.6, cacheWritePerMTok: 3.75 },
          { aboveTokens: 256_000, inputPerMTok: 6, outputPerMTok: 60, cacheReadPerMTok: 1.2, cacheWritePerMTok: 7.5 },
        ],
      },
      source: modelsDev('0654d77c', 'alibaba/models/qwen3-coder-plus'),
    },
  ],
};
