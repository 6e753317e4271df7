import type { VendorCatalogue } from './catalogue';

/** From 200 000 input tokens on everything costs twice as much, for the whole request. */
const rates = (input: number, cacheRead: number, output: number) => ({
  inputPerMTok: input,
  cacheReadPerMTok: cacheRead,
  outputPerMTok: output,
  longContext: [
    { aboveTokens: 199_999, inputPerMTok: input * 2, cacheReadPerMTok: cacheRead * 2, outputPerMTok: output * 2 },
  ],
});

export const xai: VendorCatalogue = {
  owner: 'xai',
  source: 'https://docs.x.ai/developers/pricing',
  sourceDate: '2026-11-23',
  models: [
    { id: 'grok-4.7', prices: rates(2, 0.5, 6), contextWindow: 500_000 },
    { id: 'grok-4.6', prices: rates(2, 0.5, 6), contextWindow: 500_000 },
    { id: 'grok-4.5', prices: rates(2, 0.3, 6), contextWindow: 500_000 },
    { id: 'grok-4.3', prices: rates(1.25, 0.2, 2.5), contextWindow: 1_000_000 },
    { id: 'grok-4.20-multi-agent-0309', prices: rates(1.25, 0.2, 2.5), contextWindow: 1_000_000 },
    { id: 'grok-4.20-0309-reasoning', prices: rates(1.25, 0.2, 2.5), contextWindow: 1_000_000 },
    { id: 'grok-4.20-0309-non-reasoning', prices: rates(1.25, 0.2, 2.5), contextWindow: 1_000_000 },
    { id: 'grok-build-0.1', prices: rates(1, 0.2, 2), contextWindow: 256_000 },
  ],
};
