import type { Route } from '@app/channels';
import type { Protocol } from '@app/providers';
import type { JsonObject } from '../json';
import { historyItems, type Turn } from './history';

const route = (protocol: Protocol, channelId = 'issuer') => ({ protocol, channel: { id: channelId } }) as Route; // all that is looked at
const turn = (output: readonly JsonObject[], input: unknown = 'hi'): Turn => ({
  id: 'resp_1',
  channelId: 'issuer',
  content: { input, response: { output } },
});
const asked = { type: 'message', role: 'user', content: 'hi' };
const thought = (encrypted?: string): JsonObject => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [{ type: 'summary_text', text: 'hm' }],
  ...(encrypted ? { encrypted_content: encrypted } : {}),
});

describe('history', () => {
  it('puts each turn’s input before its answer, oldest turn first', () => {
    const said = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [] };
    const items = historyItems([turn([said]), turn([], [{ role: 'user', content: 'more' }])], route('openai-chat'));
    expect(items).toEqual([
      asked,
      { type: 'message', status: 'completed', role: 'assistant', content: [] },
      { role: 'user', content: 'more' },
    ]);
  });

  it('names calls by what their results name, not by ids of another store', () => {
    const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' };
    expect(historyItems([turn([call])], route('openai-responses'))).toEqual([
      asked,
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
    ]);
  });

  it.each([
    ['gives encrypted thoughts back to who made them, unchanged', 'gAAA==', 'openai-responses', 'issuer', true],
    ['keeps them from other accounts', 'gAAA==', 'openai-responses', 'another', false],
    ['keeps other vendors’ signatures from OpenAI', 'oneapi1.anthropic.sig', 'openai-responses', 'issuer', false],
    ['keeps signatures of calls from OpenAI', 'call call_1:oneapi1.gemini.sig', 'openai-responses', 'issuer', false],
    ['keeps thoughts that only their id stands for from OpenAI', undefined, 'openai-responses', 'issuer', false],
    ['gives signatures to who translates them', 'oneapi1.anthropic.sig', 'anthropic-messages', 'another', true],
    ['gives open thoughts to who translates them', undefined, 'openai-chat', 'another', true],
  ] as const)('%s', (_, encrypted, protocol, channelId, given) => {
    const items = historyItems([turn([thought(encrypted)])], route(protocol, channelId));
    expect(items).toEqual(given ? [asked, thought(encrypted)] : [asked]);
  });
});
