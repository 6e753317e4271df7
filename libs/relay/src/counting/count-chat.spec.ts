import type { Block } from '../chat/blocks';
import type { ChatRequest } from '../chat/request';
import { countChat } from './count-chat';

const ask = (more: Partial<ChatRequest>): ChatRequest => ({
  model: 'm',
  stream: false,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
  ...more,
});
const said = (...blocks: Block[]) => countChat(ask({ turns: [{ role: 'user', blocks }] }));
const data = { kind: 'data', mediaType: 'x/y', data: 'A'.repeat(1_000_000) } as const;

describe('a request counted here', () => {
  it.each<readonly [Block, number]>([
    [{ kind: 'image', source: data }, 1_004],
    [{ kind: 'file', source: data }, 3_004],
    [{ kind: 'file', source: { kind: 'text', text: 'one two three' } }, 7],
    [{ kind: 'audio', source: data }, 1_004],
    [{ kind: 'text', text: 'one two three' }, 7],
    [{ kind: 'tool-call', id: 'c', name: 'look', input: '{}', type: 'function' }, 10],
    [{ kind: 'tool-result', callId: 'c', type: 'function', content: [{ kind: 'image', source: data }] }, 1_008],
    [{ kind: 'reasoning', text: '', signature: { issuer: 'gemini', value: 'A'.repeat(10_000) } }, 4],
  ])('%j', (block, tokens) => expect(said(block)).toBe(tokens));

  it('instructions and tools count; tools of Claude bring Anthropic’s words about them', () => {
    const tools = [{ kind: 'function', name: 'look', description: 'Looks.', parameters: { type: 'object' } }] as const;
    const plain = countChat(ask({ system: [{ kind: 'text', text: 'Be brief.' }], tools }));
    expect(plain).toBeGreaterThan(20);
    expect(countChat(ask({ model: 'claude-x', tools })) - countChat(ask({ tools }))).toBe(346);
  });
});
