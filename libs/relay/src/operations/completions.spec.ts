import { quirksOf } from '@app/providers';
import { Body } from '../request/members';
import { completions } from './completions';

const quirks = quirksOf({}, 'openai-chat');
const body = (value: object): Body => Body.parse(Buffer.from(JSON.stringify(value)));
const chunk = (text: string, more: object = {}) => ({
  object: 'text_completion',
  choices: [{ index: 0, text, logprobs: null, finish_reason: null, ...more }],
});

describe('a text completion on an upstream that completes text', () => {
  it.each([
    [{ prompt: 'a', max_tokens: 50 }, 50],
    [{ prompt: 'a', max_tokens: 50, n: 3 }, 150],
    [{ prompt: 'a', max_tokens: 50, n: 2, best_of: 5 }, 250],
    [{ prompt: ['a', 'b', 'c'], max_tokens: 50, n: 2 }, 300],
    [{ prompt: [[1, 2], [3]], max_tokens: 50 }, 100],
    [{ prompt: [1, 2, 3], max_tokens: 50 }, 50],
    [{ prompt: [], max_tokens: 50 }, 50],
    [{ prompt: 'a', max_tokens: 0, echo: true }, undefined],
    [{ prompt: 'a' }, undefined],
  ])('holds all that %j can generate', (wish, limit) => {
    expect(completions.outputLimit(body(wish))).toBe(limit);
  });

  it.each([
    ['error', { error: { message: 'no' } }, undefined],
    ['event: error', { message: 'no' }, 'error'],
    ['object: error', { object: 'error', message: 'no' }, undefined],
    ['error in the choice', chunk('', { error: { message: 'no' } }), undefined],
  ])('that fails says so: %s', (_, event, name) => {
    expect(completions.event(event, name, quirks).error).toMatchObject({ message: 'no' });
  });

  it('tells text, end and usage', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4 };
    const events = [chunk('Grüße'), chunk('', { finish_reason: 'length' }), { choices: [], usage }, '[DONE]'];
    expect(events.map((event) => completions.event(event, undefined, quirks))).toMatchObject([
      { meaningful: true, textBytes: 7 },
      { meaningful: true, textBytes: 0, finish: 'length' },
      { meaningful: false, usage: { input: 9, output: 4 }, usageOnly: true },
      { terminal: true },
    ]);
    const whole = { ...chunk('ok', { finish_reason: 'stop' }), usage };
    expect(completions.whole(whole, quirks)).toMatchObject({ textBytes: 2, usage: { input: 9 }, usageOnly: false });
  });
});
