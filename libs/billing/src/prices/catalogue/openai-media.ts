import type { CatalogueModel } from './catalogue';
import { openaiModels as pages } from './transcripts';

const drawn = ['images', 'image-edits'];
const heard = ['transcriptions', 'translations'];

/** OpenAI's models for sound and pictures. Several are gone there and live on at others. */
export const openaiMedia: readonly CatalogueModel[] = [
  {
    id: 'whisper-1',
    // $0.006 a minute, by the second.
    prices: { inputPerMTok: 0, outputPerMTok: 0, perSecond: 0.0001 },
    endpoints: heard,
    source: `${pages}/whisper-1`,
  },
  {
    id: 'gpt-4o-transcribe',
    aliases: ['gpt-4o-transcribe-diarize'],
    prices: { inputPerMTok: 2.5, outputPerMTok: 10 },
    contextWindow: 16_000,
    endpoints: ['transcriptions'],
    source: `${pages}/gpt-4o-transcribe`,
  },
  {
    id: 'gpt-4o-mini-transcribe',
    aliases: ['gpt-4o-mini-transcribe-2025-12-15'],
    prices: { inputPerMTok: 1.25, outputPerMTok: 5 },
    contextWindow: 16_000,
    endpoints: ['transcriptions'],
    source: `${pages}/compare?model=gpt-4o-mini-transcribe`,
  },
  {
    id: 'tts-1',
    aliases: ['tts-1-1106'],
    prices: { inputPerMTok: 0, outputPerMTok: 0, perMCharacters: 15 },
    endpoints: ['speech'],
    source: `${pages}/tts-1`,
  },
  {
    id: 'tts-1-hd',
    aliases: ['tts-1-hd-1106'],
    prices: { inputPerMTok: 0, outputPerMTok: 0, perMCharacters: 30 },
    endpoints: ['speech'],
    source: `${pages}/tts-1-hd`,
  },
  {
    id: 'gpt-4o-mini-tts',
    aliases: ['gpt-4o-mini-tts-2025-03-20', 'gpt-4o-mini-tts-2025-12-15'],
    prices: { inputPerMTok: 0.6, outputPerMTok: 12 },
    endpoints: ['speech'],
    source: `${pages}/gpt-4o-mini-tts`,
  },
  {
    id: 'gpt-image-2',
    aliases: [
      'gpt-image-2-2026-04-21',
      'gpt-image-2.5-flare',
      'gpt-image-2.5-flare-2026-09-08',
      'gpt-image-2.5-sunburst',
      'gpt-image-2.5-sunburst-2026-09-08',
    ],
    prices: { inputPerMTok: 5, outputPerMTok: 30, imageInPerMTok: 8 },
    endpoints: drawn,
    source: 'https://docs.apiyi.com/en/news/gpt-image-2-5-launch.md',
    sourceDate: '2026-09-09',
  },
  {
    id: 'gpt-image-1.5',
    aliases: ['chatgpt-image-latest'],
    prices: { inputPerMTok: 5, outputPerMTok: 32, imageInPerMTok: 8 },
    endpoints: drawn,
    source: 'https://www.llmreference.com/model/gpt-image-1.5/openai-api',
    sourceDate: '2026-05-10',
  },
  {
    id: 'gpt-image-1',
    prices: { inputPerMTok: 5, outputPerMTok: 40, cacheReadPerMTok: 1.25, imageInPerMTok: 10 },
    endpoints: drawn,
    source: `${pages}/gpt-image-1`,
  },
  {
    id: 'gpt-image-1-mini',
    prices: { inputPerMTok: 2, outputPerMTok: 8, cacheReadPerMTok: 0.2, imageInPerMTok: 2.5 },
    endpoints: drawn,
    source: `${pages}/gpt-image-1-mini`,
  },
  {
    id: 'dall-e-2',
    // Its largest size; the smaller ones cost $0.016 and $0.018, which no answer tells apart.
    prices: { inputPerMTok: 0, outputPerMTok: 0, perImage: 0.02 },
    endpoints: [...drawn, 'image-variations'],
    source: 'https://developer.puter.com/ai/openai/dall-e-2/',
  },
];
