import { seal } from '../chat/signature';
import type { Foreign } from '../lanes/wire';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';
import { foreignThoughts } from './anthropic-messages/foreign';
import { foreignSignatures } from './gemini/foreign';
import { NO_SIGNATURE, shownSignature } from './gemini/signatures';
import { signedId } from './openai-chat/call-id';
import { signedIds } from './openai-chat/foreign';
import { carry } from './openai-responses/carriers';
import { foreignItems } from './openai-responses/foreign';

const google = { issuer: 'gemini', value: 'c2ln' } as const;
const claude = { issuer: 'anthropic', value: 'EqQB' } as const;
const openai = { issuer: 'openai', value: 'gAAA' } as const;

/** The body as it goes upstream, written with spaces that have to stay. */
function sent({ marks, mayBeIn, edits }: Foreign, value: object, model = 'claude-opus-4-5'): unknown {
  const body = Body.parse(Buffer.from(JSON.stringify(value, null, 2)));
  expect(marks.some((mark) => body.bytes.includes(mark)) || mayBeIn?.(body.bytes)).toBe(true);
  return JSON.parse(applyEdits(body, edits(body, { model, dropped: new Set() })).toString());
}

const text = (words: string) => ({ type: 'text', text: words });
const thinking = (signature: string) => ({ type: 'thinking', thinking: 'hm', signature });

describe('Anthropic gets its own thoughts alone', () => {
  const to = (...content: object[]) =>
    sent(foreignThoughts, {
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content },
      ],
      x: 1,
    });
  const is = (...content: object[]) => ({
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content },
    ],
    x: 1,
  });
  it.each([
    ['first', [thinking(seal(google)), text('a')], [text('a')]],
    ['last', [text('a'), thinking(seal(google))], [text('a')]],
    ['between', [text('a'), thinking(seal(google)), thinking(seal(openai)), text('b')], [text('a'), text('b')]],
    ['hidden', [{ type: 'redacted_thinking', data: seal(openai) }, text('a')], [text('a')]],
    ['beside its own', [thinking('EqQB'), thinking(seal(google)), text('a')], [thinking('EqQB'), text('a')]],
    ['its own in an envelope', [thinking(seal(claude)), text('a')], [thinking('EqQB'), text('a')]],
    ['a text that only looks like one', [text('oneapi1.gemini.x'), text('b')], [text('oneapi1.gemini.x'), text('b')]],
  ])('%s', (_where, content, left) => expect(to(...content)).toEqual(is(...left)));

  it('a message of nothing else goes', () => {
    expect(to(thinking(seal(google)))).toEqual({ messages: [{ role: 'user', content: 'hi' }], x: 1 });
  });
});

describe('thoughts that nobody signed', () => {
  const call = { type: 'tool_use', id: 'call_1', name: 'f', input: {} };
  const result = { type: 'tool_result', tool_use_id: 'call_1', content: 'ok' };
  const budget = { type: 'enabled', budget_tokens: 2_048 };
  const asked = (thinking: object | undefined, ...content: object[]) => ({
    max_tokens: 4_096,
    thinking,
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content },
      { role: 'user', content: [result] },
    ],
  });
  const cleaned = (model: string, value: object) => {
    const body = Body.parse(Buffer.from(JSON.stringify(value)));
    const dropped = new Set<string>();
    const edits = foreignThoughts.edits(body, { model, dropped });
    return { sent: JSON.parse(applyEdits(body, edits).toString()), dropped: [...dropped] };
  };

  it('stay away from Claude, that refuses an empty signature', () => {
    const { sent: body, dropped } = cleaned('claude-sonnet-4-5', asked(undefined, thinking(''), text('a'), call));
    expect(body).toEqual(asked(undefined, text('a'), call));
    expect(dropped).toEqual(['turns.reasoning']);
  });

  it.each([
    ['an empty signature', { signature: '' }],
    ['no signature', {}],
    ['null for one', { signature: null }],
  ])('with %s are found in any spelling and stay away from Claude', (_name, mark) => {
    const unsigned = { type: 'thinking', thinking: 'he said "\\"', ...mark };
    const reversed = Object.fromEntries(Object.entries(unsigned).reverse());
    const signed = thinking('EqQB');
    for (const block of [unsigned, reversed]) {
      const value = asked(undefined, signed, block, call);
      const python = JSON.stringify(value, null, 1).replace(/\n\s*/g, (_, at) => (at === 0 ? '' : ' '));
      for (const written of [JSON.stringify(value), JSON.stringify(value, null, 2), python]) {
        expect(foreignThoughts.mayBeIn?.(Buffer.from(written))).toBe(true);
      }
      expect(cleaned('claude-sonnet-4-5', value).sent).toEqual(asked(undefined, signed, call));
    }
  });

  it('are not looked for where all are signed', () => {
    const value = asked(budget, { ...thinking('EqQB'), thinking: 'he said "\\"' }, thinking('EqQC'), call);
    const spaced = JSON.stringify(value).replaceAll('":', '": ').replaceAll(',"', ', "');
    for (const text of [JSON.stringify(value), spaced]) {
      expect(foreignThoughts.mayBeIn?.(Buffer.from(text))).toBe(false);
    }
  });

  it('go back to upstreams that only imitate its protocol', () => {
    const value = asked(budget, thinking(''), call);
    expect(cleaned('deepseek-reasoner', value)).toEqual({ sent: value, dropped: [] });
  });

  it('leave a tool call without thoughts: a model that thinks by budget alone does not think', () => {
    const value = asked(budget, thinking(''), call);
    const { sent: body, dropped } = cleaned('claude-opus-4-1', value);
    expect(body).toEqual(asked({ type: 'disabled' }, call));
    expect(dropped).toEqual(['turns.reasoning', 'reasoning']);
  });

  it('leave a tool call without thoughts: a newer model thinks as it likes', () => {
    const { sent: body, dropped } = cleaned('claude-opus-4-6', asked(budget, thinking(''), call));
    expect(body).toEqual(asked({ type: 'adaptive' }, call));
    expect(dropped).toEqual(['turns.reasoning', 'reasoning']);
  });

  it('change nothing of the wish where the call has thoughts of its own', () => {
    const { sent: body, dropped } = cleaned('claude-opus-4-1', asked(budget, thinking(''), thinking('EqQB'), call));
    expect(body).toEqual(asked(budget, thinking('EqQB'), call));
    expect(dropped).toEqual(['turns.reasoning']);
  });

  it('take the clearing of thoughts with them, which is refused where none are asked for', () => {
    const clearing = { type: 'clear_thinking_20251015', keep: 'all' };
    const tools = { type: 'clear_tool_uses_20250919' };
    const value = asked(budget, thinking(''), call);
    const one = cleaned('claude-opus-4-1', { ...value, context_management: { edits: [clearing] } });
    expect(one.sent).toEqual(asked({ type: 'disabled' }, call));
    const two = cleaned('claude-opus-4-1', { context_management: { edits: [clearing, tools] }, ...value });
    expect(two.sent).toEqual({ context_management: { edits: [tools] }, ...asked({ type: 'disabled' }, call) });
  });
});

describe('a conversation whose thoughts nobody can read', () => {
  const left = ({ withoutThoughts }: Foreign, value: object): unknown => {
    const body = Body.parse(Buffer.from(JSON.stringify(value, null, 2)));
    const edits = withoutThoughts(body, { model: 'any', dropped: new Set() });
    return JSON.parse(applyEdits(body, edits).toString());
  };

  it('of Anthropic', () => {
    const content = [thinking('EqQB'), { type: 'redacted_thinking', data: 'Eq' }, text('a')];
    expect(left(foreignThoughts, { messages: [{ role: 'assistant', content }] })).toEqual({
      messages: [{ role: 'assistant', content: [text('a')] }],
    });
  });

  it('of Gemini: its calls get the value that stands for a signature', () => {
    const parts = [
      { text: 'hm', thought: true, thoughtSignature: 'c2ln' },
      { functionCall: { name: 'f' }, thoughtSignature: 'c2ln' },
      { text: 'a', thoughtSignature: 'c2ln' },
    ];
    expect(left(foreignSignatures, { contents: [{ role: 'model', parts }] })).toEqual({
      contents: [{ role: 'model', parts: [{ ...parts[1], thoughtSignature: NO_SIGNATURE }, { text: 'a' }] }],
    });
  });

  it('of Chat', () => {
    const id = signedId('call_1', google);
    const extra_content = { google: { thought_signature: 'c2ln' } };
    const reasoning_details = [{ type: 'reasoning.encrypted', data: 'gAAA' }];
    const tool_calls = [{ extra_content, id, function: { name: 'f', arguments: '{}' } }];
    const messages = [
      { role: 'assistant', content: 'a', extra_content, reasoning_details, tool_calls },
      { role: 'tool', tool_call_id: id, content: 'ok' },
    ];
    expect(left(signedIds, { messages })).toEqual({
      messages: [
        {
          role: 'assistant',
          content: 'a',
          extra_content: null,
          reasoning_details: null,
          tool_calls: [{ ...tool_calls[0], extra_content: null, id: 'call_1' }],
        },
        { ...messages[1], tool_call_id: 'call_1' },
      ],
    });
  });
});

it('OpenAI Responses gets no item it did not make, and no id it does not know', () => {
  const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] };
  const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
  const reasoning = (id: string, encrypted_content?: string) => ({
    type: 'reasoning',
    id,
    summary: [],
    encrypted_content,
  });
  const input = [
    reasoning('rs_oneapi_a_0', seal(claude)),
    own,
    reasoning('rs_oneapi_a_1'),
    reasoning('rs_2', carry({ kind: 'call', id: 'c' }, google)),
    { ...message, id: 'msg_oneapi_a_1' },
    { ...message, id: 'msg_1' },
    reasoning('rs_oneapi_a_2', 'gAAB'),
    reasoning('rs_oneapi_a_3', `redacted:${seal(claude)}`),
  ];
  expect(sent(foreignItems, { model: 'm', input })).toEqual({
    model: 'm',
    input: [own, message, { ...message, id: 'msg_1' }, { type: 'reasoning', summary: [], encrypted_content: 'gAAB' }],
  });
});

it('Gemini gets its own signatures, and its word for calls without one', () => {
  const foreign = shownSignature(claude);
  const call = { functionCall: { name: 'f', args: {} } };
  const contents = [
    { role: 'user', parts: [{ text: 'hi' }] },
    {
      role: 'model',
      parts: [
        { text: 'hm', thought: true, thoughtSignature: foreign },
        { text: 'hm', thought: true, thoughtSignature: shownSignature(google, { id: 'x' }) },
        { text: 'a', thoughtSignature: foreign },
        { ...call, thoughtSignature: foreign },
        { ...call, thoughtSignature: 'c2ln' },
        { thoughtSignature: foreign },
      ],
    },
  ];
  expect(sent(foreignSignatures, { contents })).toEqual({
    contents: [
      contents[0],
      {
        role: 'model',
        parts: [
          { text: 'hm', thought: true, thoughtSignature: 'c2ln' },
          { text: 'a' },
          { ...call, thoughtSignature: NO_SIGNATURE },
          { ...call, thoughtSignature: 'c2ln' },
        ],
      },
    ],
  });
});

it('Chat gets ids of calls without what they carry, the same in call and result', () => {
  const id = signedId('call_1', google);
  const messages = (name: string) => [
    { role: 'user', content: 'what is a __oneapi1.x?' },
    { role: 'assistant', tool_calls: [{ id: name, type: 'function', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: name, content: 'ok' },
  ];
  expect(sent(signedIds, { messages: messages(id) })).toEqual({ messages: messages('call_1') });
});
