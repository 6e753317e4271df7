import { quirksOf } from '@app/providers';
import type { Block } from '../../chat/blocks';
import type { ChatRequest, Turn } from '../../chat/request';
import { encodeRequest } from './encode-request';

const quirks = quirksOf({}, 'anthropic-messages');
const says = (role: Turn['role'], ...blocks: (string | Block)[]): Turn => ({
  role,
  blocks: blocks.map((block) => (typeof block === 'string' ? { kind: 'text', text: block } : block)),
});
const call = (id: string): Block => ({ kind: 'tool-call', id, name: 'look', input: '{"a":1}', type: 'function' });
const result = (callId: string, ...content: Block[]): Block => ({
  kind: 'tool-result',
  callId,
  type: 'function',
  content,
});

function encode(turns: readonly Turn[], more: Partial<ChatRequest> = {}, needsReasoningBack = false) {
  const request: ChatRequest = {
    model: 'claude-sonnet-4-5',
    stream: false,
    system: [],
    turns,
    tools: [],
    sampling: {},
    meta: {},
    extensions: [],
    ...more,
  };
  const { body, dropped } = encodeRequest(request, { ...quirks, needsReasoningBack });
  const brief = (content: { type: string; text?: string }[]) => content.map(({ type, text }) => text ?? type);
  const messages = body.messages as { role: string; content: { type: string; text?: string }[] }[];
  return {
    dropped,
    messages,
    system: brief((body.system ?? []) as { type: string; text?: string }[]),
    brief: messages.map(({ role, content }) => [role, ...brief(content)]),
  };
}

describe('a conversation for Anthropic', () => {
  it('joins turns of one role', () => {
    expect(
      encode([says('user', 'a'), says('user', 'b'), says('assistant', 'c'), says('assistant', 'd')]).brief,
    ).toEqual([
      ['user', 'a', 'b'],
      ['assistant', 'c', 'd'],
    ]);
  });

  it('puts all results of parallel calls into one user message, before what else the user says', () => {
    const turns = [
      says('user', 'q'),
      says('assistant', call('c1'), call('c2')),
      says('user', result('c1')),
      says('user', 'and?', result('c2')),
    ];
    expect(encode(turns).brief[2]).toEqual(['user', 'tool_result', 'tool_result', 'and?']);
  });

  it('lets a user speak first', () => {
    expect(encode([says('assistant', 'Hello'), says('user', 'Hi')]).brief[0]).toEqual([
      'user',
      '(The assistant opens the conversation.)',
    ]);
  });

  it('makes a user’s message of instructions that stand alone', () => {
    const { brief, system } = encode([], { system: [{ kind: 'text', text: 'Write a poem.' }] });
    expect({ brief, system }).toEqual({ brief: [['user', 'Write a poem.']], system: [] });
  });

  it('sends no empty text and no empty message, which are refused', () => {
    expect(
      encode([
        says('user', 'q', ' \n'),
        says('assistant', ''),
        says('user', 'r', result('c', { kind: 'text', text: '' })),
      ]).messages,
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c' },
          { type: 'text', text: 'q' },
          { type: 'text', text: 'r' },
        ],
      },
    ]);
  });

  it('does not end the answer it begins with white space', () => {
    expect(encode([says('user', 'q'), says('assistant', 'So: \n')]).brief.at(-1)).toEqual(['assistant', 'So:']);
  });

  it('ends with the user where a model continues no answer, unless a turn was paused', () => {
    const opus = { model: 'claude-opus-4-8' };
    expect(encode([says('user', 'q'), says('assistant', 'So')], opus)).toMatchObject({
      brief: [
        ['user', 'q'],
        ['assistant', 'So'],
        ['user', 'Continue.'],
      ],
      dropped: ['turns.prefill'],
    });
    const paused: Block = {
      kind: 'opaque',
      issuer: 'anthropic',
      type: 'server_tool_use',
      value: { type: 'server_tool_use', id: 's' },
    };
    expect(encode([says('user', 'q'), says('assistant', 'So', paused)], opus)).toMatchObject({
      brief: [
        ['user', 'q'],
        ['assistant', 'So', 'server_tool_use'],
      ],
      dropped: [],
    });
  });

  describe('instructions in the middle', () => {
    const opus = { model: 'claude-opus-4-8' };

    it('stay where they are if the model takes them', () => {
      const turns = [
        says('user', 'a'),
        says('system', 's'),
        says('assistant', 'b'),
        says('user', 'c'),
        says('system', 't'),
      ];
      expect(encode(turns, opus)).toMatchObject({
        brief: [
          ['user', 'a'],
          ['system', 's'],
          ['assistant', 'b'],
          ['user', 'c'],
          ['system', 't'],
        ],
        dropped: [],
      });
    });

    it('move behind the user whom they precede', () => {
      const turns = [
        says('user', 'a'),
        says('assistant', 'b'),
        says('system', 's'),
        says('user', 'c'),
        says('system', 't'),
        says('user', 'd'),
      ];
      expect(encode(turns, opus).brief).toEqual([
        ['user', 'a'],
        ['assistant', 'b'],
        ['user', 'c', 'd'],
        ['system', 's', 't'],
      ]);
    });

    it('go to the front if they come first', () => {
      expect(encode([says('system', 's'), says('user', 'a')], opus)).toMatchObject({
        system: ['s'],
        brief: [['user', 'a']],
        dropped: [],
      });
    });

    it('go to the front, and are said to have moved, where the model does not take them', () => {
      expect(encode([says('user', 'a'), says('system', 's'), says('user', 'b')])).toMatchObject({
        system: ['s'],
        brief: [['user', 'a', 'b']],
        dropped: ['turns.system'],
      });
    });
  });

  describe('thoughts', () => {
    const signed = (issuer: 'anthropic' | 'openai'): Block => ({
      kind: 'reasoning',
      text: 'Hm',
      signature: { issuer, value: 's==' },
    });

    it('go back byte for byte to who signed them', () => {
      const redacted: Block = {
        kind: 'reasoning',
        text: '',
        redacted: true,
        signature: { issuer: 'anthropic', value: 'x' },
      };
      expect(
        encode([says('user', 'q'), says('assistant', signed('anthropic'), redacted, 'a'), says('user', 'r')])
          .messages[1]!.content,
      ).toEqual([
        { type: 'thinking', thinking: 'Hm', signature: 's==' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'text', text: 'a' },
      ]);
    });

    it('of others are not sent, and said to be missing', () => {
      const turns = [
        says('user', 'q'),
        says('assistant', signed('openai'), { kind: 'reasoning', text: 'unsigned' }, 'a'),
        says('user', 'r'),
      ];
      expect(encode(turns)).toMatchObject({
        brief: [
          ['user', 'q'],
          ['assistant', 'a'],
          ['user', 'r'],
        ],
        dropped: ['turns.reasoning'],
      });
    });

    it('go back to an upstream that wants them even unsigned', () => {
      const turns = [
        says('user', 'q'),
        says('assistant', { kind: 'reasoning', text: 'unsigned' }, call('c')),
        says('user', result('c')),
      ];
      expect(encode(turns, { model: 'deepseek-reasoner' }, true).messages[1]!.content[0]).toEqual({
        type: 'thinking',
        thinking: 'unsigned',
        signature: '',
      });
    });
  });

  describe('blocks', () => {
    const sent = (...blocks: Block[]) => encode([says('user', ...blocks)]).messages[0]?.content;

    it.each<[string, Block, object]>([
      [
        'a picture',
        { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
      ],
      [
        'a picture by URL',
        { kind: 'image', source: { kind: 'url', url: 'https://x' } },
        { type: 'image', source: { type: 'url', url: 'https://x' } },
      ],
      [
        'a picture in its URL',
        { kind: 'image', source: { kind: 'url', url: 'data:image/gif;base64,AA==' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'AA==' } },
      ],
      [
        'a file kept at Anthropic',
        { kind: 'image', source: { kind: 'file', id: 'f1', issuer: 'anthropic' } },
        { type: 'image', source: { type: 'file', file_id: 'f1' } },
      ],
      [
        'a PDF',
        { kind: 'file', name: 'a.pdf', source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' } },
        { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
      ],
      [
        'a text file',
        { kind: 'file', source: { kind: 'data', mediaType: 'text/csv', data: 'YSxi' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
      ],
      ['a refusal', { kind: 'refusal', text: 'No.' }, { type: 'text', text: 'No.' }],
      [
        'what was said',
        { kind: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA==' }, transcript: 'Hey' },
        { type: 'text', text: 'Hey' },
      ],
    ])('%s', (_name, block, expected) => {
      expect(sent(block)).toEqual([expected]);
    });

    it.each<[string, Block]>([
      ['turns.audio', { kind: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA==' } }],
      ['turns.video', { kind: 'video', source: { kind: 'url', url: 'https://x' } }],
      ['turns.file', { kind: 'file', source: { kind: 'data', mediaType: 'application/zip', data: 'AA==' } }],
      ['turns.file', { kind: 'file', source: { kind: 'file', id: 'f', issuer: 'openai' } }],
      ['turns.image', { kind: 'image', source: { kind: 'file', id: 'f', issuer: 'openai' } }],
      ['turns.web_search_call', { kind: 'opaque', issuer: 'openai', type: 'web_search_call', value: {} }],
    ])('names %s when it has no place', (path, block) => {
      expect(encode([says('user', 'q', block)]).dropped).toEqual([path]);
    });

    it('makes ids of other vendors acceptable, on both sides of a call', () => {
      const { messages } = encode([
        says('user', 'q'),
        says('assistant', call('functions.look:0')),
        says('user', result('functions.look:0')),
      ]);
      expect(messages[1]!.content[0]).toMatchObject({ id: 'functions_look_0' });
      expect(messages[2]!.content[0]).toMatchObject({ tool_use_id: 'functions_look_0' });
    });

    it('sends an object as input even when the call was cut short', () => {
      const cut: Block = { kind: 'tool-call', id: 'c', name: 'f', input: '{"a": "b', type: 'function' };
      expect(
        encode([says('user', 'q'), says('assistant', cut), says('user', result('c'))]).messages[1]!.content[0],
      ).toMatchObject({
        input: { partial_json: '{"a": "b' },
      });
    });

    it('does not send Anthropic a signature of Gemini', () => {
      const signed: Block = {
        kind: 'tool-call',
        id: 'c',
        name: 'f',
        input: '{}',
        type: 'function',
        signature: { issuer: 'gemini', value: 'g' },
      };
      const { messages, dropped } = encode([says('user', 'q'), says('assistant', signed), says('user', result('c'))]);
      expect(JSON.stringify(messages)).not.toContain('oneapi1');
      expect(dropped).toEqual(['turns.signature']);
    });

    it('cites only what Anthropic cited itself', () => {
      const own = {
        type: 'web_search_result_location',
        url: 'https://x',
        encrypted_index: 'e',
        cited_text: 'c',
        title: null,
      };
      const text: Block = {
        kind: 'text',
        text: 'a',
        citations: [{ url: 'https://x', raw: { issuer: 'anthropic', value: own } }, { url: 'https://y' }],
      };
      const { messages, dropped } = encode([says('user', 'q'), says('assistant', text), says('user', 'r')]);
      expect(messages[1]!.content[0]).toMatchObject({ citations: [own] });
      expect(dropped).toEqual(['turns.citations']);
    });
  });
});
