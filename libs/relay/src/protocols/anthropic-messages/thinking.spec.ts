import { quirksOf } from '@app/providers';
import type { Block } from '../../chat/blocks';
import type { ChatRequest, ReasoningWish } from '../../chat/request';
import { encodeRequest } from './encode-request';

const quirks = quirksOf({}, 'anthropic-messages');
const user = { role: 'user', blocks: [{ kind: 'text', text: 'Hi' }] } as const;
const call: Block = { kind: 'tool-call', id: 'c1', name: 'look', input: '{}', type: 'function' };
const result: Block = { kind: 'tool-result', callId: 'c1', type: 'function', content: [{ kind: 'text', text: 'x' }] };
const thought: Block = { kind: 'reasoning', text: 'Hm', signature: { issuer: 'anthropic', value: 's==' } };

function encode(model: string, reasoning: ReasoningWish, limit?: number, turns: ChatRequest['turns'] = [user]) {
  const sampling = limit === undefined ? {} : { maxOutputTokens: limit };
  const request: ChatRequest = {
    model,
    stream: false,
    system: [],
    turns,
    tools: [],
    sampling,
    meta: {},
    extensions: [],
    reasoning,
  };
  const { body, dropped } = encodeRequest(request, quirks);
  return {
    thinking: body.thinking,
    effort: (body.output_config as { effort?: string } | undefined)?.effort,
    max: body.max_tokens,
    dropped,
  };
}

describe('how much Claude thinks', () => {
  it.each([
    ['minimal', 1_024],
    ['low', 2_048],
    ['medium', 8_192],
    ['high', 16_384],
    ['xhigh', 24_576],
    ['max', 27_904],
  ] as const)('effort %s is a budget of %i tokens on models that think by budget', (effort, budget) => {
    expect(encode('claude-sonnet-4-5', { effort })).toEqual({
      thinking: { type: 'enabled', budget_tokens: budget },
      effort: undefined,
      max: 32_000,
      dropped: [],
    });
  });

  it.each([
    [512, 'low'],
    [2_048, 'low'],
    [10_000, 'medium'],
    [16_384, 'high'],
    [31_999, 'xhigh'],
  ])('a budget of %i tokens is effort %s on models that think by effort', (budgetTokens, effort) => {
    expect(encode('claude-opus-4-8', { budgetTokens })).toMatchObject({
      thinking: { type: 'adaptive' },
      effort,
      dropped: [],
    });
  });

  it.each([
    ['a given effort', 'claude-opus-5-5', { effort: 'high' }, { thinking: { type: 'adaptive' }, effort: 'high' }],
    [
      'effort and budget on the model that takes both',
      'claude-opus-4-5',
      { effort: 'low', budgetTokens: 3_000 },
      { thinking: { type: 'enabled', budget_tokens: 3_000 }, effort: 'low' },
    ],
    [
      'the budget of a caller where it is still accepted',
      'claude-opus-4-6',
      { budgetTokens: 3_000 },
      { thinking: { type: 'enabled', budget_tokens: 3_000 } },
    ],
    ['the model’s own choice', 'claude-sonnet-4-6', { budgetTokens: -1 }, { thinking: { type: 'adaptive' } }],
    [
      'the model’s own choice, by a middle budget',
      'claude-sonnet-4',
      { budgetTokens: -1 },
      { thinking: { type: 'enabled', budget_tokens: 8_192 } },
    ],
    ['off', 'claude-sonnet-4-5', { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['off, as the model calls it', 'claude-sonnet-5-5', { budgetTokens: 0 }, { thinking: { type: 'between_tools' } }],
    [
      'off with an effort that is accepted with it',
      'claude-opus-5',
      { budgetTokens: 0, effort: 'max' },
      { thinking: { type: 'disabled' }, effort: 'high' },
    ],
    [
      'thoughts shown',
      'claude-opus-4-8',
      { effort: 'low', summary: 'auto' },
      { thinking: { type: 'adaptive', display: 'summarized' }, effort: 'low' },
    ],
    [
      'thoughts shown by a model that thinks anyway',
      'claude-opus-5',
      { summary: 'auto' },
      { thinking: { type: 'adaptive', display: 'summarized' } },
    ],
    [
      'thoughts hidden',
      'claude-sonnet-4-5',
      { budgetTokens: 2_000, summary: false },
      { thinking: { type: 'enabled', budget_tokens: 2_000, display: 'omitted' } },
    ],
    [
      'an imitator’s budget',
      'deepseek-reasoner',
      { effort: 'low', summary: 'auto' },
      { thinking: { type: 'enabled', budget_tokens: 2_048 } },
    ],
  ] as const)('%s (%s)', (_promise, model, wish, expected) => {
    const { thinking, effort, dropped } = encode(model, wish);
    expect(JSON.parse(JSON.stringify({ thinking, effort }))).toEqual(expected);
    expect(dropped).toEqual([]);
  });

  it('stays below the caller’s limit and leaves room for the answer', () => {
    expect(encode('claude-sonnet-4-5', { effort: 'high' }, 8_000)).toMatchObject({
      thinking: { budget_tokens: 6_000 },
      max: 8_000,
    });
    expect(encode('claude-sonnet-4-5', { budgetTokens: 4_000 }, 4_001)).toMatchObject({
      thinking: { budget_tokens: 4_000 },
      max: 4_001,
    });
    expect(encode('claude-sonnet-4-5', { effort: 'high' }, 1_025)).toMatchObject({
      thinking: { budget_tokens: 1_024 },
    });
  });

  it('makes room for a large budget where the caller names no limit', () => {
    expect(encode('claude-sonnet-4-5', { budgetTokens: 40_000 }).max).toBe(44_096);
  });

  it.each([
    ['a limit too small to think below', 'claude-sonnet-4-5', 1_024, [user]],
    ['a model that cannot think', 'claude-3-5-sonnet-latest', undefined, [user]],
    [
      'tool results whose call came without its thoughts',
      'claude-sonnet-4-5',
      undefined,
      [user, { role: 'assistant', blocks: [call] }, { role: 'user', blocks: [result] }],
    ],
    [
      'an answer begun for the model',
      'claude-sonnet-4-5',
      undefined,
      [user, { role: 'assistant', blocks: [{ kind: 'text', text: '{' }] }],
    ],
  ] as const)('gives thinking up, and says so, with %s', (_hazard, model, limit, turns) => {
    expect(encode(model, { effort: 'high' }, limit, turns)).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning'],
    });
  });

  it('thinks on when the call came with its thoughts, or was answered long ago', () => {
    const answered = [
      user,
      { role: 'assistant', blocks: [thought, call] },
      { role: 'user', blocks: [result] },
    ] as const;
    expect(encode('claude-sonnet-4-5', { effort: 'low' }, undefined, answered)).toMatchObject({
      thinking: { type: 'enabled' },
      dropped: [],
    });
    const past = [
      user,
      { role: 'assistant', blocks: [call] },
      { role: 'user', blocks: [result] },
      { role: 'assistant', blocks: [{ kind: 'text', text: 'ok' }] },
      user,
    ] as const;
    expect(encode('claude-sonnet-4-5', { effort: 'low' }, undefined, past)).toMatchObject({
      thinking: { type: 'enabled' },
    });
  });

  it('adaptive thinking needs no thoughts of former calls', () => {
    const turns = [user, { role: 'assistant', blocks: [call] }, { role: 'user', blocks: [result] }] as const;
    expect(encode('claude-opus-4-8', { effort: 'low' }, undefined, turns)).toMatchObject({
      thinking: { type: 'adaptive' },
      dropped: [],
    });
    expect(encode('claude-opus-4-6', { budgetTokens: 3_000 }, undefined, turns)).toMatchObject({
      thinking: { type: 'adaptive' },
      effort: 'low',
    });
  });

  it('says so when a model cannot be kept from thinking', () => {
    expect(encode('claude-opus-5-5', { effort: 'none' })).toEqual({
      thinking: undefined,
      effort: 'low',
      max: 32_000,
      dropped: ['reasoning'],
    });
  });
});
