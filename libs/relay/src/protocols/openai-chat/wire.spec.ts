import { quirksOf } from '@app/providers';
import { openaiChatWire as wire } from './wire';

const quirks = quirksOf({}, 'openai-chat');
const usage = { prompt_tokens: 9, completion_tokens: 4 };
const chunk = (delta: object, more: object = {}, top: object = {}) => ({
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...top,
});

describe('what the patch lane sees of a chat completion', () => {
  const meaningful: [string, object, boolean][] = [
    ['a role', chunk({ role: 'assistant', content: '' }), false],
    ['text', chunk({ content: 'x' }), true],
    ['a thought', chunk({ reasoning: 'x' }), true],
    ['a call', chunk({ tool_calls: [{ index: 0 }] }), true],
    ['a picture', chunk({ images: [{ type: 'image_url' }] }), true],
    ['a finish', chunk({}, { finish_reason: 'stop' }), true],
    ['an empty finish', chunk({}, { finish_reason: '' }), false],
    ['about the prompt', { choices: [], prompt_filter_results: [] }, false],
  ];
  it.each(meaningful)('%s', (_, event, expected) =>
    expect(wire.event(event, undefined, quirks).meaningful).toBe(expected),
  );

  const failures: [string, unknown, string | undefined][] = [
    ['error', { error: { message: 'no' } }, undefined],
    ['event: error', { message: 'no' }, 'error'],
    ['object: error', { object: 'error', message: 'no' }, undefined],
    ['a list', [{ error: { message: 'no' } }], undefined],
    ['error in the choice', chunk({}, { error: { message: 'no' } }), undefined],
  ];
  it.each(failures)('failure: %s', (_, event, name) =>
    expect(wire.event(event, name, quirks).error).toMatchObject({ message: 'no' }),
  );

  it('a finish that tells of a failure', () => {
    expect(wire.event(chunk({}, { finish_reason: 'error' }), undefined, quirks).error).toMatchObject({ code: 'error' });
    expect(
      wire.whole({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], error: '' }, quirks).error,
    ).toBeUndefined();
  });

  it('usage in the choice, and a chunk that is only about usage', () => {
    expect(wire.event(chunk({}, { finish_reason: 'stop', usage }), undefined, quirks)).toMatchObject({
      usage: { input: 9 },
      usageOnly: false,
    });
    expect(wire.event({ choices: [], usage }, undefined, quirks).usageOnly).toBe(true);
  });
});
