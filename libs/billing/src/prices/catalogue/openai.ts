import type { VendorCatalogue } from './catalogue';
import { openaiMedia } from './openai-media';
import { genaiPrices, modelsDev, openaiModels as models } from './transcripts';

const transcribed = genaiPrices('01d6df8c', 'openai');

/** Above 272 000 input tokens input and cache cost twice as much, output 1.5 times, for the whole request. */
const long = (input: number, cacheRead: number, cacheWrite: number, output: number) => [
  {
    aboveTokens: 272_000,
    inputPerMTok: input * 2,
    cacheReadPerMTok: cacheRead * 2,
    cacheWritePerMTok: cacheWrite * 2,
    outputPerMTok: output * 1.5,
  },
];

const rates = (input: number, cacheRead: number, cacheWrite: number, output: number) => ({
  inputPerMTok: input,
  cacheReadPerMTok: cacheRead,
  cacheWritePerMTok: cacheWrite,
  outputPerMTok: output,
  longContext: long(input, cacheRead, cacheWrite, output),
});

/** The text tokens of a realtime model. */
const speech = (inputPerMTok: number, cacheReadPerMTok: number, outputPerMTok: number) => ({
  inputPerMTok,
  cacheReadPerMTok,
  outputPerMTok,
});

export const openai: VendorCatalogue = {
  owner: 'openai',
  source: models,
  sourceDate: '2026-11-23',
  models: [
    {
      id: 'gpt-6.2-sol',
      // Cache writes kept for 30 minutes; those kept for 12 hours cost twice as much and look the same in the usage.
      prices: rates(2, 0.1, 2.5, 10),
      contextWindow: 1_050_000,
      source: `${models}/gpt-6.2-sol`,
    },
    {
      id: 'gpt-6.1-terra',
      prices: rates(1, 0.05, 1.25, 5),
      contextWindow: 1_050_000,
      source: `${models}/gpt-6.1-terra`,
    },
    { id: 'gpt-6-sol', prices: rates(2, 0.2, 2.5, 10), contextWindow: 1_050_000, source: `${models}/gpt-6-sol` },
    {
      id: 'gpt-6-astra',
      prices: rates(10, 1, 12.5, 50),
      source: modelsDev('e2f67ad6', 'openai/models/gpt-6-astra'),
    },
    {
      id: 'gpt-5.6-terra',
      prices: rates(2, 0.2, 2.5, 12),
      contextWindow: 1_050_000,
      source: `${models}/gpt-5.6-terra`,
    },
    {
      id: 'gpt-5.5',
      prices: { inputPerMTok: 5, cacheReadPerMTok: 0.5, outputPerMTok: 30 },
      contextWindow: 1_050_000,
      source: modelsDev('3e0fe362', 'openai/models/gpt-5.5'),
    },
    {
      id: 'gpt-5.4',
      prices: {
        inputPerMTok: 2.5,
        cacheReadPerMTok: 0.25,
        outputPerMTok: 15,
        longContext: [{ aboveTokens: 272_000, inputPerMTok: 5, cacheReadPerMTok: 0.5, outputPerMTok: 22.5 }],
      },
      contextWindow: 1_050_000,
      source: modelsDev('2c0a4b1c', 'openai/models/gpt-5.4'),
    },
    {
      id: 'gpt-5.4-nano',
      prices: { inputPerMTok: 0.2, cacheReadPerMTok: 0.02, outputPerMTok: 1.25 },
      contextWindow: 400_000,
      source: `${models}/gpt-5.4-nano`,
    },
    {
      id: 'gpt-5-nano',
      aliases: ['gpt-5-nano-2025-08-07'],
      prices: { inputPerMTok: 0.05, cacheReadPerMTok: 0.005, outputPerMTok: 0.4 },
      contextWindow: 400_000,
      source: `${models}/gpt-5-nano`,
    },
    {
      id: 'gpt-5.1',
      aliases: ['gpt-5.1-2025-11-13', 'gpt-5.1-codex', 'gpt-5.1-chat-latest'],
      prices: { inputPerMTok: 1.25, cacheReadPerMTok: 0.125, outputPerMTok: 10 },
      contextWindow: 400_000,
      source: transcribed,
      sourceDate: '2025-11-13',
    },
    {
      id: 'gpt-5',
      aliases: ['gpt-5-2025-08-07', 'gpt-5-chat-latest'],
      prices: { inputPerMTok: 1.25, cacheReadPerMTok: 0.125, outputPerMTok: 10 },
      contextWindow: 400_000,
      source: transcribed,
      sourceDate: '2025-11-13',
    },
    {
      id: 'gpt-5-mini',
      aliases: ['gpt-5-mini-2025-08-07'],
      prices: { inputPerMTok: 0.25, cacheReadPerMTok: 0.025, outputPerMTok: 2 },
      contextWindow: 400_000,
      source: transcribed,
      sourceDate: '2025-11-13',
    },
    {
      id: 'gpt-4.1',
      aliases: ['gpt-4.1-2025-04-14'],
      prices: { inputPerMTok: 2, cacheReadPerMTok: 0.5, outputPerMTok: 8 },
      contextWindow: 1_000_000,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-4.1-mini',
      aliases: ['gpt-4.1-mini-2025-04-14'],
      prices: { inputPerMTok: 0.4, cacheReadPerMTok: 0.1, outputPerMTok: 1.6 },
      contextWindow: 1_000_000,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-4.1-nano',
      aliases: ['gpt-4.1-nano-2025-04-14'],
      prices: { inputPerMTok: 0.1, cacheReadPerMTok: 0.025, outputPerMTok: 0.4 },
      contextWindow: 1_000_000,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-4o',
      aliases: ['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'],
      prices: { inputPerMTok: 2.5, cacheReadPerMTok: 1.25, outputPerMTok: 10 },
      contextWindow: 128_000,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-4o-mini',
      aliases: ['gpt-4o-mini-2024-07-18'],
      prices: { inputPerMTok: 0.15, cacheReadPerMTok: 0.075, outputPerMTok: 0.6 },
      contextWindow: 128_000,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-4-turbo',
      aliases: ['gpt-4-turbo-2024-04-09'],
      prices: { inputPerMTok: 10, outputPerMTok: 30 },
      contextWindow: 128_000,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-4',
      aliases: ['gpt-4-0613'],
      prices: { inputPerMTok: 30, outputPerMTok: 60 },
      contextWindow: 8_192,
      source: `${models}/gpt-4`,
    },
    {
      id: 'gpt-3.5-turbo',
      aliases: ['gpt-3.5-turbo-0125'],
      prices: { inputPerMTok: 0.5, outputPerMTok: 1.5 },
      contextWindow: 16_385,
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'o3',
      aliases: ['o3-2025-04-16'],
      prices: { inputPerMTok: 2, cacheReadPerMTok: 0.5, outputPerMTok: 8 },
      source: transcribed,
      sourceDate: '2025-07-12',
    },
    {
      id: 'o4-mini',
      aliases: ['o4-mini-2025-04-16'],
      prices: { inputPerMTok: 1.1, cacheReadPerMTok: 0.275, outputPerMTok: 4.4 },
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'o3-mini',
      aliases: ['o3-mini-2025-01-31'],
      prices: { inputPerMTok: 1.1, cacheReadPerMTok: 0.55, outputPerMTok: 4.4 },
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'gpt-realtime-2',
      prices: { ...speech(4, 0.4, 24), audioInPerMTok: 32, audioOutPerMTok: 64, imageInPerMTok: 5 },
      contextWindow: 128_000,
      endpoints: ['realtime'],
      source: `${models}/gpt-realtime-2`,
    },
    {
      id: 'gpt-realtime-1.5',
      prices: { ...speech(4, 0.4, 16), audioInPerMTok: 32, audioOutPerMTok: 64, imageInPerMTok: 5 },
      contextWindow: 32_000,
      endpoints: ['realtime'],
      source: `${models}/gpt-realtime-1.5`,
    },
    {
      id: 'gpt-realtime-2.1-mini',
      // Cached text is $0.06 and cached sound $0.30: one rate serves both, and what a session caches is nearly all sound.
      prices: { ...speech(0.6, 0.3, 2.4), audioInPerMTok: 10, audioOutPerMTok: 20, imageInPerMTok: 0.8 },
      contextWindow: 128_000,
      endpoints: ['realtime'],
      source: `${models}/gpt-realtime-2.1-mini`,
    },
    {
      id: 'gpt-4o-mini-realtime-preview',
      aliases: ['gpt-4o-mini-realtime-preview-2024-12-17'],
      prices: { ...speech(0.6, 0.3, 2.4), audioInPerMTok: 10, audioOutPerMTok: 20 },
      contextWindow: 16_000,
      endpoints: ['realtime'],
      source: `${models}/gpt-4o-mini-realtime-preview`,
    },
    {
      id: 'text-embedding-3-large',
      prices: { inputPerMTok: 0.13, outputPerMTok: 0 },
      endpoints: ['embeddings'],
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'text-embedding-3-small',
      prices: { inputPerMTok: 0.02, outputPerMTok: 0 },
      endpoints: ['embeddings'],
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    {
      id: 'text-embedding-ada-002',
      prices: { inputPerMTok: 0.1, outputPerMTok: 0 },
      endpoints: ['embeddings'],
      source: transcribed,
      sourceDate: '2025-07-04',
    },
    ...openaiMedia,
  ],
};
