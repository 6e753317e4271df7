import { findProvider } from '@app/providers';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';
import { parameterEdits } from './parameter-edits';
import { besides, refusedFor } from './refused';

const user = { role: 'user', content: 'Hi' };

function sent(id: string, body: object, operation: 'chat' | 'completions' = 'chat') {
  const read = Body.parse(Buffer.from(JSON.stringify({ model: 'm', messages: [user], ...body }, null, 1)));
  const request = { operation, protocol: 'openai-chat', body: read } as const;
  const found = refusedFor(request, { channel: { provider: findProvider(id)! } });
  const edits = found ? [...parameterEdits(read, found.rules), ...found.edits] : [];
  const { model: _model, ...rest } = JSON.parse(applyEdits(read, edits).toString()) as Record<string, unknown>;
  return { rest, dropped: found?.dropped };
}

describe('what a vendor refuses in its own protocol', () => {
  it('Mistral: 422 extra_forbidden', () => {
    const { rest, dropped } = sent('mistral', {
      ...{ stream: true, stream_options: { include_usage: true }, store: false, seed: 7, max_completion_tokens: 9 },
      temperature: 1.0,
    });
    expect(rest).toEqual({ messages: [user], stream: true, temperature: 1, random_seed: 7, max_tokens: 9 });
    expect(dropped).toEqual(['stream_options', 'meta.store']);
  });

  it('DeepSeek: another limit would be none, and its own stands', () => {
    expect(sent('deepseek', { max_completion_tokens: 9 })).toEqual({
      rest: { messages: [user], max_tokens: 9 },
      dropped: [],
    });
    const both = sent('deepseek', { max_tokens: 5, max_completion_tokens: 9, logprobs: true });
    expect(both.rest).toEqual({ messages: [user], max_tokens: 5, logprobs: true });
  });

  it('Groq: log probabilities, biases and the names of speakers, but not of functions', () => {
    const answer = { role: 'function', name: 'roll', content: '6' };
    const { rest, dropped } = sent('groq', {
      ...{ logprobs: true, top_logprobs: 2, logit_bias: { 1: 2 }, n: 1 },
      messages: [{ ...user, name: 'Ann' }, { name: 'Bob', ...user }, answer],
    });
    expect(rest).toEqual({ messages: [user, user, answer], n: 1 });
    expect(dropped).toEqual(['sampling.logprobs', 'sampling.topLogprobs', 'sampling.logitBias', 'turns.name']);
  });

  it('nothing where nothing of it is in the body, for other operations and for vendors that take everything', () => {
    expect(sent('mistral', { temperature: 1 }).dropped).toBeUndefined();
    expect(sent('mistral', { store: true }, 'completions').dropped).toBeUndefined();
    for (const id of ['openai', 'openrouter', 'vllm', 'openai-compatible', 'one-api'])
      expect(sent(id, { store: true, seed: 1, max_completion_tokens: 9, stream_options: {} }).dropped).toBeUndefined();
  });

  it('is left to an edit that replaces more than it', () => {
    const name = { start: 5, end: 9, text: '' };
    expect(besides([name], [{ start: 0, end: 20, text: 'x' }])).toEqual([]);
    expect(besides([name], [{ start: 9, end: 9, text: 'x' }])).toEqual([name]);
  });
});
