import { catalogue, vendors } from '.';
import { callPriceOf } from '../call-price';
import { costOf } from '../cost';
import type { Price } from '../price';

const usual = (price: Price) => callPriceOf(price, { group: 'default', multiplierPpm: 1_000_000, at: 0 });

describe('the built-in prices', () => {
  it('name every model once', () => {
    const ids = catalogue.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('say where and when each figure was read', () => {
    const page = /^(https:\/\/|test\/support\/simulator\/)/;
    for (const { id, source, sourceDate } of catalogue) {
      expect([id, source]).toEqual([id, expect.stringMatching(page)]);
      expect([id, sourceDate]).toEqual([id, expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
      expect(Date.parse(sourceDate!)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('are whole nano-USD, with output never cheaper than input, except where there is none', () => {
    for (const { id, price, endpoints } of catalogue) {
      for (const rates of [price, ...(price.longContext ?? [])]) {
        for (const rate of Object.values(rates)) {
          if (typeof rate === 'number') expect([id, Number.isSafeInteger(rate) && rate >= 0]).toEqual([id, true]);
        }
      }
      if (!endpoints.includes('embeddings'))
        expect([id, price.outputPerMTok >= price.inputPerMTok]).toEqual([id, true]);
    }
  });

  it('charge a long context more, and cached input less than fresh', () => {
    for (const { id, price } of catalogue) {
      const nano = (usage: object) => costOf(usual(price), usage).totalNano;
      const per = (tokens: number) => nano({ input: tokens, output: 1_000 }) / tokens;
      for (const { aboveTokens } of price.longContext ?? []) {
        expect([id, per(aboveTokens + 1) > per(aboveTokens)]).toEqual([id, true]);
      }
      expect([id, nano({ cacheRead: 1_000 }) <= nano({ input: 1_000 })]).toEqual([id, true]);
    }
  });

  it('make no sound and no picture free', () => {
    const used = { seconds: 1, audioIn: 10, characters: 1_000, audioOut: 10, images: 1, imageOut: 1_000 };
    const media = catalogue.filter(({ endpoints }) => !endpoints.includes('chat') && !endpoints.includes('embeddings'));
    expect(media.length).toBeGreaterThan(10);
    for (const { id, price } of media) expect([id, costOf(usual(price), used).totalNano > 0]).toEqual([id, true]);
  });

  it('cover the main vendors and the simulator', () => {
    expect(vendors.map(({ owner }) => owner)).toEqual(
      expect.arrayContaining([
        'openai',
        'anthropic',
        'google',
        'xai',
        'mistral',
        'deepseek',
        'moonshot',
        'zhipu',
        'qwen',
      ]),
    );
    expect(catalogue.find(({ id }) => id === 'sim-*')?.price).toEqual({ inputPerMTok: 1e9, outputPerMTok: 2e9 });
  });
});
