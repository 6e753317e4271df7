import { quirksOf } from '@app/providers';
import { type Block, text } from '../../chat/blocks';
import type { ChatRequest, FunctionTool } from '../../chat/request';
import { cohereChatUpstream } from './upstream';

const plain: ChatRequest = {
  ...{ model: 'command-a-reasoning-08-2025', stream: false, system: [], tools: [], sampling: {}, meta: {} },
  turns: [{ role: 'user', blocks: [text('hi')] }],
  extensions: [],
};
const encode = (more: Partial<ChatRequest>) =>
  cohereChatUpstream.encodeRequest({ ...plain, ...more }, quirksOf({}, 'cohere-chat'));
const bodyOf = (more: Partial<ChatRequest>) => encode(more).body;
const user = (...blocks: Block[]): Partial<ChatRequest> => ({ turns: [{ role: 'user', blocks }] });
const tool = (more: Partial<FunctionTool> = {}): FunctionTool => ({ kind: 'function', name: 'roll', ...more });
const markdown = { kind: 'file', name: 'a.md', source: { kind: 'text', text: '# A' } } as const;

it('is nothing but what was asked', () => {
  expect(encode({ system: [text('Be kind.')] })).toEqual({
    body: {
      model: plain.model,
      stream: false,
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'hi' },
      ],
    },
    dropped: [],
  });
});

it('keeps a conversation with thoughts, plans, calls and results', () => {
  const result = { kind: 'tool-result', callId: 'a', type: 'function' } as const;
  const image = { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } } as const;
  const turns: ChatRequest['turns'] = [
    { role: 'user', blocks: [text('Roll'), image] },
    {
      role: 'assistant',
      blocks: [
        { kind: 'reasoning', text: 'A die.' },
        text('I will roll.'),
        { kind: 'tool-call', id: 'a', name: 'roll', input: '', type: 'function' },
      ],
    },
    { role: 'user', blocks: [{ ...result, content: [text('6'), markdown, image], isError: true }, text('So?')] },
  ];
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
  expect(encode({ turns })).toEqual({
    body: {
      model: plain.model,
      stream: false,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Roll' }, picture] },
        {
          role: 'assistant',
          content: [{ type: 'thinking', thinking: 'A die.' }],
          tool_plan: 'I will roll.',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'roll', arguments: '{}' } }],
        },
        {
          role: 'tool',
          tool_call_id: 'a',
          content: [
            { type: 'text', text: '6' },
            { type: 'document', document: { data: { title: 'a.md', text: '# A' } } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'text', text: 'Result of the tool call a:' }, picture, { type: 'text', text: 'So?' }],
        },
      ],
    },
    dropped: ['turns.tool-result.isError'],
  });
});

it('asks with documents, the caller’s files and those in Cohere’s own words', () => {
  const documents = ['plain', { id: 'own', data: { text: 'x' } }];
  const extensions = [{ issuer: 'openai', path: 'documents', value: documents }] as const;
  expect(bodyOf({ ...user(markdown), extensions })).toMatchObject({
    messages: [{ role: 'user', content: '(See the documents.)' }],
    documents: [{ data: { text: 'plain' } }, documents[1], { id: 'doc:2', data: { title: 'a.md', text: '# A' } }],
  });
});

it('names what it cannot read', () => {
  const pdf = { kind: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' } } as const;
  const hidden = { kind: 'reasoning', text: '', signature: { issuer: 'anthropic', value: 's' } } as const;
  expect(
    encode({
      turns: [
        { role: 'user', blocks: [text('a'), pdf] },
        { role: 'assistant', blocks: [hidden] },
      ],
    }),
  ).toMatchObject({ body: { messages: [{ role: 'user', content: 'a' }] }, dropped: ['turns.file', 'turns.reasoning'] });
});

describe('tools', () => {
  const schema = { type: 'object', properties: { sides: { type: 'number' } }, required: ['sides'] };

  it('without arguments have an empty schema', () => {
    expect(bodyOf({ tools: [tool()] })).toMatchObject({
      tools: [{ type: 'function', function: { name: 'roll', parameters: { type: 'object', properties: {} } } }],
    });
  });

  it.each([
    [{ kind: 'auto' }, undefined, 2],
    [{ kind: 'none' }, 'NONE', 2],
    [{ kind: 'required' }, 'REQUIRED', 2],
    [{ kind: 'tool', name: 'roll' }, 'REQUIRED', 1],
    [{ kind: 'allowed', names: ['roll'], mode: 'auto' }, undefined, 1],
  ] as const)('chosen by %j', (toolChoice, choice, count) => {
    const body = bodyOf({ tools: [tool(), tool({ name: 'toss' })], toolChoice });
    expect(body.tool_choice).toBe(choice);
    expect(body.tools).toHaveLength(count);
  });

  it('are strict together, where each requires something', () => {
    const strict = tool({ strict: true, parameters: schema });
    expect(bodyOf({ tools: [strict] }).strict_tools).toBe(true);
    expect(encode({ tools: [strict, tool({ strict: true })] })).toMatchObject({ dropped: ['tools.strict'] });
  });
});

describe('a schema', () => {
  const format = { kind: 'json-schema', schema: { type: 'object', required: ['a'] } } as const;

  it('is enforced', () => {
    const { body, dropped } = encode({ ...user(markdown), format });
    expect(body.response_format).toEqual({ type: 'json_object', json_schema: format.schema });
    expect(body.documents).toBeUndefined();
    expect(body.messages).toEqual([{ role: 'user', content: 'a.md\n# A' }]);
    expect(dropped).toEqual([]);
  });

  it('is asked for in words beside tools', () => {
    const { body, dropped } = encode({ format, tools: [tool()] });
    expect(body.response_format).toBeUndefined();
    expect(body.messages).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    expect(dropped).toEqual(['format']);
  });
});

it('keeps sampling within its bounds and names the rest', () => {
  const stop = ['1', '2', '3', '4', '5', '6'];
  const sampling = { maxOutputTokens: 9, temperature: 0.5, topP: 1, topK: 900, seed: 1, stop, candidates: 2 };
  const { body, dropped } = encode({ sampling, meta: { user: 'u' } });
  expect(body).toMatchObject({
    ...{ max_tokens: 9, temperature: 0.5, p: 0.99, k: 500, seed: 1 },
    stop_sequences: stop.slice(0, 5),
  });
  expect([...dropped].sort()).toEqual(['meta.user', 'sampling.candidates', 'sampling.stop', 'sampling.topK']);
});

it.each([
  [{ effort: 'none' }, undefined, { type: 'disabled' }],
  [{ budgetTokens: 0 }, undefined, { type: 'disabled' }],
  [{ effort: 'low' }, undefined, { type: 'enabled', token_budget: 2048 }],
  [{ effort: 'high' }, undefined, { type: 'enabled' }],
  [{ budgetTokens: 5000 }, 4000, { type: 'enabled', token_budget: 3000 }],
  [{ budgetTokens: -1 }, undefined, { type: 'enabled' }],
] as const)('thinks as %j asks', (reasoning, maxOutputTokens, thinking) => {
  expect(bodyOf({ reasoning, sampling: { maxOutputTokens } }).thinking).toEqual(thinking);
});

it('does not ask a model to think that cannot', () => {
  const { body, dropped } = encode({ model: 'command-a-03-2025', reasoning: { effort: 'high' } });
  expect([body.thinking, dropped]).toEqual([undefined, ['reasoning']]);
});
