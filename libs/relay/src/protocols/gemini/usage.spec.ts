import { quirksOf } from '@app/providers';
import { totalInput, totalOutput } from '../../chat/usage';
import { readUsage, writeUsage } from './usage';

const quirks = quirksOf({}, 'gemini');

describe("Gemini's usage", () => {
  it.each([
    [
      'thoughts come on top of the candidates',
      { promptTokenCount: 8, candidatesTokenCount: 7, thoughtsTokenCount: 20, totalTokenCount: 35 },
      { input: 8, output: 7, reasoning: 20 },
    ],
    [
      'cached tokens are inside the prompt and counted once',
      { promptTokenCount: 3520, cachedContentTokenCount: 3512, candidatesTokenCount: 2 },
      { input: 8, cacheRead: 3512, output: 2 },
    ],
    [
      'what tools fed back is outside the prompt',
      { promptTokenCount: 13, toolUsePromptTokenCount: 289, candidatesTokenCount: 194 },
      { input: 302, output: 194 },
    ],
    [
      'an answer of thoughts only',
      { promptTokenCount: 15, thoughtsTokenCount: 2 },
      { input: 15, output: 0, reasoning: 2 },
    ],
    [
      'zero is not absent',
      { promptTokenCount: 5, cachedContentTokenCount: 0, candidatesTokenCount: 0 },
      { input: 5, cacheRead: 0, output: 0 },
    ],
    [
      'a negative number is corrected',
      { promptTokenCount: -3, candidatesTokenCount: 4 },
      { input: 0, output: 4, corrected: true },
    ],
    [
      'sound has buckets of its own',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 30,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 40 },
          { modality: 'AUDIO', tokenCount: 60 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 30 }],
        candidatesTokenCount: 50,
        candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 50 }],
      },
      { input: 40, cacheRead: 30, audioIn: 30, output: 0, audioOut: 50 },
    ],
  ])('%s', (_name, reported, buckets) => {
    expect(readUsage(reported, quirks)).toEqual(buckets);
  });

  it.each([[undefined], [null], [{}], [{ trafficType: 'ON_DEMAND' }], ['9']])('reports nothing for %j', (reported) => {
    expect(readUsage(reported, quirks)).toBeUndefined();
  });

  it('follows a provider that counts thoughts inside the candidates', () => {
    const reported = { promptTokenCount: 8, candidatesTokenCount: 27, thoughtsTokenCount: 20 };
    expect(readUsage(reported, { ...quirks, reasoningInsideCompletion: true })).toEqual({
      input: 8,
      output: 7,
      reasoning: 20,
    });
  });

  it('writes sums as Gemini draws them', () => {
    const usage = { input: 8, cacheRead: 3512, cacheWrite: 100, output: 7, reasoning: 20 };
    expect(writeUsage(usage)).toEqual({
      promptTokenCount: 3620,
      cachedContentTokenCount: 3512,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 20,
      totalTokenCount: 3647,
    });
  });

  it.each([
    [{ input: 8, output: 7 }],
    [{ input: 8, cacheRead: 0, output: 7, reasoning: 0 }],
    [{ input: 8, cacheRead: 9, output: 7, reasoning: 3, audioIn: 4, audioOut: 5 }],
  ])('reads back what it wrote: %j', (usage) => {
    const again = readUsage(writeUsage(usage), quirks)!;
    expect(again).toEqual(usage);
    expect([totalInput(again), totalOutput(again)]).toEqual([totalInput(usage), totalOutput(usage)]);
  });
});
