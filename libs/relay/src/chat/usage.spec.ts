import { quirksOf, type UpstreamProtocol } from '@app/providers';
import { upstreamFace } from '../protocols/faces';
import { countAt } from './usage';

describe('a count told as a text', () => {
  it.each([
    ['12', 12],
    ['0', 0],
    [7, 7],
    ['', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['99999999999999999', undefined],
    ['many', undefined],
    [null, undefined],
    [{}, undefined],
  ])('%j is %j', (value, count) => expect(countAt({ value }, 'value')).toBe(count));

  const answers: [UpstreamProtocol, object][] = [
    ['openai-chat', { choices: [], usage: { prompt_tokens: '12', completion_tokens: '5' } }],
    ['openai-responses', { output: [], usage: { input_tokens: '12', output_tokens: '5' } }],
    ['anthropic-messages', { content: [], usage: { input_tokens: '12', output_tokens: '5' } }],
    ['gemini', { candidates: [], usageMetadata: { promptTokenCount: '12', candidatesTokenCount: '5' } }],
    ['bedrock-converse', { usage: { inputTokens: '12', outputTokens: '5' } }],
    ['cohere-chat', { usage: { tokens: { input_tokens: '12', output_tokens: '5' } } }],
  ];
  it.each(answers)('is charged: %s', (protocol, answer) => {
    const { usage } = upstreamFace(protocol).decodeReply({ ...answer }, quirksOf({}, protocol));
    expect(usage).toMatchObject({ input: 12, output: 5 });
  });
});
