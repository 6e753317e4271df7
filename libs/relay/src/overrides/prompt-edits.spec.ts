import type { PromptRule } from '@app/channels';
import type { Protocol } from '@app/providers';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';
import { promptEdits } from './prompt-edits';

const OWN = 'Be "brief".\n';

function written(protocol: Protocol, mode: PromptRule['mode'], request: string): string {
  const body = Body.parse(Buffer.from(request));
  return applyEdits(body, promptEdits(body, protocol, { text: OWN, mode, concerns: () => true })).toString('utf8');
}

const user = { role: 'user', content: 'hi' };
const own = { type: 'text', text: OWN };

type Case = [protocol: Protocol, mode: PromptRule['mode'], before: object, after: object];

describe("a channel's system prompt in the caller's own bytes", () => {
  it.each<Case>([
    ...(['prepend', 'append', 'replace', 'default'] as const).flatMap((mode): Case[] => [
      ['openai-chat', mode, { messages: [user] }, { messages: [{ role: 'system', content: OWN }, user] }],
      ['openai-chat', mode, { messages: [] }, { messages: [{ role: 'system', content: OWN }] }],
      ['openai-responses', mode, { input: 'hi' }, { input: 'hi', instructions: OWN }],
      ['openai-responses', mode, { instructions: null, input: [user] }, { instructions: OWN, input: [user] }],
      ['anthropic-messages', mode, { messages: [user] }, { messages: [user], system: OWN }],
      ['anthropic-messages', mode, { system: [], messages: [user] }, { system: [own], messages: [user] }],
      ['gemini', mode, { contents: [] }, { contents: [], systemInstruction: { parts: [{ text: OWN }] } }],
      ['gemini', mode, { systemInstruction: { role: 'x' } }, mode === 'replace' ? { systemInstruction: { parts: [{ text: OWN }] } } : { systemInstruction: { role: 'x', parts: [{ text: OWN }] } }], // prettier-ignore
    ]),
    ...(['openai-chat', 'anthropic-messages'] as const).map((protocol): Case => {
      const texts = (content: unknown) =>
        protocol === 'openai-chat' ? { messages: [{ role: 'developer', content }, user] } : { system: content };
      return [protocol, 'prepend', texts('Rhyme.'), texts(`${OWN}\n\nRhyme.`)];
    }),
    ['openai-chat', 'append', { messages: [{ role: 'system', content: 'a' }, { role: 'developer', content: 'b' }, user] }, { messages: [{ role: 'system', content: 'a' }, { role: 'developer', content: `b\n\n${OWN}` }, user] }], // prettier-ignore
    ['openai-chat', 'append', { messages: [{ content: [{ type: 'text', text: 'a' }], role: 'system' }] }, { messages: [{ content: [{ type: 'text', text: 'a' }, own], role: 'system' }] }], // prettier-ignore
    ['openai-chat', 'replace', { messages: [{ role: 'developer', content: 'a' }, { role: 'system', content: 'b' }, user] }, { messages: [{ role: 'developer', content: OWN }, user] }], // prettier-ignore
    ['openai-chat', 'default', { messages: [{ role: 'system', content: 'a' }, user] }, { messages: [{ role: 'system', content: 'a' }, user] }], // prettier-ignore
    ['openai-chat', 'prepend', { messages: [{ role: 'system', content: {} }] }, { messages: [{ role: 'system', content: {} }] }], // prettier-ignore
    ['openai-responses', 'prepend', { instructions: 'a', input: 'hi' }, { instructions: `${OWN}\n\na`, input: 'hi' }],
    ['openai-responses', 'append', { instructions: 'a', input: [{ role: 'developer', content: [{ type: 'input_text', text: 'b' }] }, user] }, { instructions: 'a', input: [{ role: 'developer', content: [{ type: 'input_text', text: 'b' }, { type: 'input_text', text: OWN }] }, user] }], // prettier-ignore
    ['openai-responses', 'replace', { input: [{ role: 'system', content: 'b' }, { role: 'system', content: 'c' }, user], instructions: 'a' }, { input: [user], instructions: OWN }], // prettier-ignore
    ['openai-responses', 'replace', { input: [{ role: 'system', content: 'b' }] }, { input: [], instructions: OWN }],
    ['openai-responses', 'default', { input: [{ role: 'system', content: 'b' }] }, { input: [{ role: 'system', content: 'b' }] }], // prettier-ignore
    ['anthropic-messages', 'prepend', { system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }, { system: [own, { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }], // prettier-ignore
    ['anthropic-messages', 'append', { system: 'a' }, { system: `a\n\n${OWN}` }],
    ['anthropic-messages', 'replace', { system: [{ type: 'text', text: 'a' }] }, { system: [own] }],
    ['anthropic-messages', 'default', { system: 'a' }, { system: 'a' }],
    ['gemini', 'prepend', { systemInstruction: { parts: [{ text: 'a' }] } }, { systemInstruction: { parts: [{ text: OWN }, { text: 'a' }] } }], // prettier-ignore
    ['gemini', 'append', { system_instruction: { parts: [{ text: 'a' }] } }, { system_instruction: { parts: [{ text: 'a' }, { text: OWN }] } }], // prettier-ignore
    ['gemini', 'replace', { system_instruction: { parts: [{ text: 'a' }], role: 'r' } }, { system_instruction: { parts: [{ text: OWN }] } }], // prettier-ignore
    ['gemini', 'default', { systemInstruction: { parts: [{ text: 'a' }] } }, { systemInstruction: { parts: [{ text: 'a' }] } }], // prettier-ignore
  ])('%s: %s in %j', (protocol, mode, before, after) => {
    expect(JSON.parse(written(protocol, mode, JSON.stringify(before)))).toEqual(after);
    expect(JSON.parse(written(protocol, mode, JSON.stringify(before, null, 2)))).toEqual(after);
  });

  it('leaves every other byte as it was', () => {
    const request = '{"messages":[ {"role":"user","content":"caf\\u00e9", "n": 1.0} ],"x":12345678901234567890}';
    expect(written('openai-chat', 'append', request)).toBe(
      request.replace('[', `[${JSON.stringify({ role: 'system', content: OWN })},`),
    );
  });
});
