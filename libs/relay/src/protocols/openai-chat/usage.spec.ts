import { findProvider, quirksOf } from '@app/providers';
import { totalInput, totalOutput, type Usage } from '../../chat/usage';
import { readUsage, writeUsage } from './usage';

const openai = quirksOf({}, 'openai-chat');
const quirksFor = (provider: string) => quirksOf(findProvider(provider) ?? {}, 'openai-chat');

describe('usage of chat completions', () => {
  const cases: [string, object, Usage][] = [
    ['plain', { prompt_tokens: 9, completion_tokens: 4 }, { input: 9, output: 4 }],
    [
      'cache reads are inside the prompt, never counted twice',
      {
        prompt_tokens: 4020,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 4012, cache_write_tokens: 0 },
      },
      { input: 8, cacheRead: 4012, cacheWrite: 0, output: 4 },
    ],
    [
      'cache writes, too',
      { prompt_tokens: 100, completion_tokens: 4, prompt_tokens_details: { cache_write_tokens: 90 } },
      { input: 10, cacheWrite: 90, output: 4 },
    ],
    [
      'DeepSeek',
      { prompt_tokens: 339, completion_tokens: 83, prompt_cache_hit_tokens: 320 },
      { input: 19, cacheRead: 320, output: 83 },
    ],
    ['Moonshot', { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 6 }, { input: 4, cacheRead: 6, output: 1 }],
    [
      'reasoning inside',
      { prompt_tokens: 11, completion_tokens: 202, completion_tokens_details: { reasoning_tokens: 192 } },
      { input: 11, output: 10, reasoning: 192 },
    ],
    [
      'audio',
      {
        prompt_tokens: 20,
        completion_tokens: 30,
        prompt_tokens_details: { audio_tokens: 5 },
        completion_tokens_details: { audio_tokens: 25 },
      },
      { input: 15, audioIn: 5, output: 5, audioOut: 25 },
    ],
    [
      'reads and writes of the same tokens (OpenRouter): reads win',
      {
        prompt_tokens: 2168,
        completion_tokens: 100,
        prompt_tokens_details: { cached_tokens: 2161, cache_write_tokens: 2161 },
      },
      { input: 0, cacheRead: 2161, cacheWrite: 7, output: 100, corrected: true },
    ],
    ['negative', { prompt_tokens: -1, completion_tokens: 4 }, { input: 0, output: 4, corrected: true }],
  ];
  it.each(cases)('%s', (_, usage, expected) => expect(readUsage(usage, openai)).toEqual(expected));

  it('xAI counts reasoning beside the completion', () => {
    const usage = {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 303,
      completion_tokens_details: { reasoning_tokens: 290 },
    };
    const read = readUsage(usage, quirksFor('xai'));
    expect(read).toEqual({ input: 12, output: 1, reasoning: 290 });
  });

  it('nothing told is not zero', () => {
    for (const nothing of [null, undefined, {}, [], 'x', { total_tokens: 3 }])
      expect(readUsage(nothing, openai)).toBeUndefined();
  });

  it('written totals contain their parts', () => {
    const usage: Usage = {
      input: 2,
      cacheRead: 1590,
      cacheWrite: 10,
      cacheWrite1h: 5,
      audioIn: 1,
      output: 7,
      reasoning: 20,
      audioOut: 3,
    };
    expect(writeUsage(usage)).toEqual({
      prompt_tokens: totalInput(usage),
      completion_tokens: totalOutput(usage),
      total_tokens: 1638,
      prompt_tokens_details: { cached_tokens: 1590, cache_write_tokens: 15, audio_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 3 },
    });
    expect(writeUsage({ input: 2, output: 3 })).toEqual({ prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 });
  });

  it('what is written is read again', () => {
    for (const [, , usage] of cases.filter(([, , { corrected }]) => !corrected))
      expect(readUsage(writeUsage(usage), openai)).toEqual(usage);
  });
});
