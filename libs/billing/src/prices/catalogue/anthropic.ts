import type { VendorCatalogue } from './catalogue';

const page = 'https://platform.claude.com/docs/en/about-claude/pricing';
/** Release notes that give the page's figures as read on that day. */
const haikuNotes = 'https://github.com/kurofune/claudit/releases/tag/v1.9.2';
const sonnetNotes = 'https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.23';

/** Writes cost 1.25 times the input for five minutes and twice for an hour; $10 for 1 000 searches of the web, pages read are free. */
const tokenRates = (input: number, output: number, cacheRead: number) => ({
  inputPerMTok: input,
  outputPerMTok: output,
  cacheReadPerMTok: cacheRead,
  cacheWritePerMTok: input * 1.25,
  cacheWrite1hPerMTok: input * 2,
});

const rates = (...tokens: Parameters<typeof tokenRates>) => ({ ...tokenRates(...tokens), tools: { webSearch: 0.01 } });

export const anthropic: VendorCatalogue = {
  owner: 'anthropic',
  source: page,
  sourceDate: '2026-11-23',
  models: [
    { id: 'claude-fable-5-1', prices: rates(10, 50, 0.25), contextWindow: 1_000_000 },
    { id: 'claude-fable-5', prices: rates(10, 50, 1), contextWindow: 1_000_000 },
    {
      id: 'claude-opus-5-5',
      prices: rates(4, 20, 0.2),
      contextWindow: 1_000_000,
      source: 'https://platform.claude.com/docs/zh-CN/models/opus-5-5/overview',
    },
    { id: 'claude-opus-5', prices: rates(5, 25, 0.5), contextWindow: 1_000_000 },
    { id: 'claude-opus-4-8', prices: rates(5, 25, 0.5) },
    { id: 'claude-opus-4-7', prices: rates(5, 25, 0.5) },
    { id: 'claude-opus-4-6', prices: rates(5, 25, 0.5) },
    { id: 'claude-opus-4-5', aliases: ['claude-opus-4-5-20251101'], prices: rates(5, 25, 0.5) },
    {
      id: 'claude-sonnet-5-5',
      prices: rates(2, 10, 0.1),
      contextWindow: 1_000_000,
      source: sonnetNotes,
      sourceDate: '2026-10-16',
    },
    {
      id: 'claude-sonnet-5',
      prices: rates(2, 10, 0.2),
      contextWindow: 1_000_000,
      source: 'https://docs.rs/synaps/0.10.2/synaps_cli/pricing/index.html',
      sourceDate: '2026-10-10',
    },
    { id: 'claude-sonnet-4-6', prices: rates(3, 15, 0.3) },
    { id: 'claude-sonnet-4-5', aliases: ['claude-sonnet-4-5-20250929'], prices: rates(3, 15, 0.3) },
    {
      id: 'claude-haiku-5-5',
      prices: { ...rates(0.1, 0.5, 0.01), longContext: [{ aboveTokens: 100_000, ...tokenRates(0.5, 2.5, 0.05) }] },
      contextWindow: 1_000_000,
      source: haikuNotes,
      sourceDate: '2026-10-24',
    },
    {
      id: 'claude-haiku-4-5',
      aliases: ['claude-haiku-4-5-20251001'],
      prices: rates(1, 5, 0.1),
      contextWindow: 200_000,
    },
  ],
};
