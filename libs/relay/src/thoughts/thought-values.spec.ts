import type { UpstreamProtocol } from '@app/providers';
import { seal } from '../chat/signature';
import { carry } from '../protocols/openai-responses/carriers';
import { shownSignature } from '../protocols/gemini/signatures';
import { signedId } from '../protocols/openai-chat/call-id';
import { bareThought, lastThought, thoughtsIn } from './thought-values';

const openai = { issuer: 'openai', value: 'gAAAAA-_b==' } as const;
const found = (protocol: UpstreamProtocol, value: object, space?: number): string[] => [
  ...thoughtsIn(Buffer.from(JSON.stringify(value, null, space)), protocol),
];

describe('what only its issuer can read is found', () => {
  it.each([
    ['openai-responses', { encrypted_content: openai.value }],
    ['openai-responses', { encrypted_content: carry({ kind: 'text' }, openai) }],
    ['openai-chat', { reasoning_details: [{ type: 'reasoning.encrypted', data: openai.value }] }],
    ['openai-chat', { tool_calls: [{ id: signedId('call_1', openai) }] }],
    ['openai-chat', { extra_content: { google: { thought_signature: openai.value } } }],
    ['anthropic-messages', { type: 'thinking', signature: seal(openai) }],
    ['anthropic-messages', { type: 'redacted_thinking', data: seal(openai) }],
    ['gemini', { thoughtSignature: shownSignature(openai, { id: 'rs_1' }) }],
    ['gemini', { thought_signature: shownSignature(openai) }],
  ] as const)('in a message of %s: %j', (protocol, value) => {
    expect(found(protocol, value)).toEqual([openai.value]);
    expect(found(protocol, value, 2)).toEqual([openai.value]);
  });

  it('the last one first', () => {
    const input = ['a', 'b', 'c'].map((encrypted_content) => ({ type: 'reasoning', encrypted_content }));
    expect(found('openai-responses', { input })).toEqual(['c', 'b', 'a']);
  });

  it('in an entry of OpenRouter that travels whole', () => {
    const entry = { type: 'reasoning.encrypted', data: 'xyz', format: 'unknown' };
    const value = JSON.stringify(entry);
    expect(bareThought(value)).toBe('xyz');
    expect(found('anthropic-messages', { signature: seal({ issuer: 'openrouter', value }) })).toEqual(['xyz']);
  });
});

it.each([
  ['the words of a text', { text: '"encrypted_content":"a"' }],
  ['no text', { encrypted_content: null, x: { encrypted_content: 7 } }],
  ['nothing', { encrypted_content: '' }],
  ['a value of that name', { x: 'encrypted_content', y: ['encrypted_content', 'a'] }],
])('%s is no thought', (_what, value) => expect(found('openai-responses', value)).toEqual([]));

it('a body that ends in the middle has none behind its end', () => {
  for (const text of ['"encrypted_content"', '"encrypted_content":', '"encrypted_content":"', '"encrypted_content":"a'])
    expect([...thoughtsIn(Buffer.from(text), 'openai-responses')]).toEqual([]);
});

it('a long value is known by its end, so that looking costs little', () => {
  const long = `${'x'.repeat(100_000)}end`;
  expect(found('openai-responses', { encrypted_content: long })).toEqual([long.slice(-512)]);
});

it('signatures of Anthropic are good everywhere: none is remembered', () => {
  const answer = Buffer.from(JSON.stringify({ content: [{ type: 'thinking', signature: 'EqQB' }] }));
  expect(lastThought(answer, 'anthropic-messages')).toBeUndefined();
});
