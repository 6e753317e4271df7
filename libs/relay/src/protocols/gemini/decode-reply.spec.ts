import { quirksOf } from '@app/providers';
import type { JsonObject } from '../../json';
import { decodeReply } from './decode-reply';

const quirks = quirksOf({}, 'gemini');
const answer = (parts: readonly object[], more: object = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...more }],
  responseId: 'r-1',
});
const only = (reply: JsonObject) => decodeReply(reply, quirks).candidates[0]!;
const blocksOf = (...parts: object[]) => only(answer(parts)).blocks;

describe('a whole answer of Gemini', () => {
  it('thoughts in several parts are one, as in a stream; a signature ends them', () => {
    const [one, two, three] = ['Let me ', 'see.', 'More.'].map((text) => ({ text, thought: true }));
    expect(blocksOf(one!, { ...two!, thoughtSignature: 'c2ln' }, three!, { text: 'a' }, { text: 'b' })).toEqual([
      { kind: 'reasoning', text: 'Let me see.', signature: { issuer: 'gemini', value: 'c2ln' } },
      { kind: 'reasoning', text: 'More.' },
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' },
    ]);
  });

  it('tells thoughts from text', () => {
    expect(blocksOf({ text: 'Let me see.', thought: true }, { text: 'Four.' })).toEqual([
      { kind: 'reasoning', text: 'Let me see.' },
      { kind: 'text', text: 'Four.' },
    ]);
  });

  it('keeps the head: id, model, time and service tier', () => {
    const reply = decodeReply(
      {
        ...answer([{ text: 'a' }]),
        modelVersion: 'gemini-3-flash',
        createTime: '2026-04-02T17:03:50.399550Z',
        usageMetadata: { promptTokenCount: 1, serviceTier: 'standard' },
      },
      quirks,
    );
    expect(reply).toMatchObject({ id: 'r-1', model: 'gemini-3-flash', created: 1775149430, serviceTier: 'default' });
  });

  it('keeps the parts of a text apart as they came', () => {
    expect(blocksOf({ text: 'a' }, { text: 'b' })).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' },
    ]);
  });

  it('keeps a signature on the part it came on, and that of an empty text on the text before it', () => {
    const own = (value: string) => ({ issuer: 'gemini', value });
    expect(blocksOf({ text: 'a', thoughtSignature: 'c2ln' })).toEqual([
      { kind: 'text', text: 'a', signature: own('c2ln') },
    ]);
    expect(blocksOf({ text: 'a' }, { text: '', thoughtSignature: 'c2ln' })).toEqual([
      { kind: 'text', text: 'a', signature: own('c2ln') },
    ]);
    expect(blocksOf({ thoughtSignature: 'c2ln' })).toEqual([{ kind: 'text', text: '', signature: own('c2ln') }]);
  });

  it('signs only the first of parallel calls, gives each an id and reports tool-calls for STOP', () => {
    const { blocks, finish } = only(
      answer([
        { functionCall: { name: 'weather', args: { city: 'Berlin' } }, thoughtSignature: 'c2ln' },
        { functionCall: { name: 'time', args: null } },
        { functionCall: { name: 'time' } },
      ]),
    );
    expect(finish).toEqual({ reason: 'tool-calls', raw: 'STOP' });
    expect(blocks).toMatchObject([
      {
        kind: 'tool-call',
        name: 'weather',
        input: '{"city":"Berlin"}',
        signature: { issuer: 'gemini', value: 'c2ln' },
      },
      { kind: 'tool-call', name: 'time', input: '{}' },
      { kind: 'tool-call', name: 'time', input: '{}' },
    ]);
    expect(blocks[1]).not.toHaveProperty('signature');
    const ids = blocks.map((block) => ('id' in block ? block.id : ''));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^call_\w+$/);
  });

  it('keeps the id that Gemini 3 gives a call', () => {
    expect(blocksOf({ functionCall: { id: 'i1menwaq', name: 'f', args: {} } })).toMatchObject([{ id: 'i1menwaq' }]);
  });

  it('gives calls of different answers different ids', () => {
    const idOf = (responseId: string) =>
      only({ ...answer([{ functionCall: { name: 'f' } }]), responseId }).blocks.map(
        (block) => 'id' in block && block.id,
      );
    expect(idOf('a')).not.toEqual(idOf('b'));
    expect(idOf('a')).toEqual(idOf('a'));
  });

  it('unwraps the free text of a custom tool', () => {
    expect(blocksOf({ functionCall: { name: 'patch', args: { free_text_input: '*** Begin' } } })).toMatchObject([
      { kind: 'tool-call', type: 'custom', input: '*** Begin' },
    ]);
  });

  it('hands on pictures and sound, and keeps what only Gemini knows', () => {
    const code = { executableCode: { code: 'print(1)', language: 'PYTHON' } };
    const result = { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } };
    const draft = { inlineData: { mimeType: 'image/png', data: 'QQ==' }, thought: true };
    expect(
      blocksOf(
        { inlineData: { mimeType: 'image/png', data: 'QQ==' }, thoughtSignature: 'c2ln' },
        { inlineData: { mimeType: 'audio/L16;rate=24000', data: 'QQ==' } },
        code,
        result,
        draft,
      ),
    ).toEqual([
      {
        kind: 'image',
        source: { kind: 'data', mediaType: 'image/png', data: 'QQ==' },
        signature: { issuer: 'gemini', value: 'c2ln' },
      },
      { kind: 'audio', source: { kind: 'data', mediaType: 'audio/L16;rate=24000', data: 'QQ==' } },
      { kind: 'opaque', issuer: 'gemini', type: 'executableCode', value: code },
      { kind: 'opaque', issuer: 'gemini', type: 'codeExecutionResult', value: result },
      { kind: 'opaque', issuer: 'gemini', type: 'inlineData', value: draft },
    ]);
  });

  it('translates log probabilities', () => {
    const token = (text: string, logProbability: number) => ({ token: text, logProbability, tokenId: 7 });
    const { logprobs } = only(
      answer([{ text: 'é' }], {
        logprobsResult: {
          chosenCandidates: [token('é', -0.1)],
          topCandidates: [{ candidates: [token('é', -0.1), token('e', -2)] }],
        },
      }),
    );
    const one = (text: string, logprob: number) => ({ token: text, logprob, bytes: [...Buffer.from(text)] });
    expect(logprobs).toEqual({ content: [{ ...one('é', -0.1), top_logprobs: [one('é', -0.1), one('e', -2)] }] });
  });

  it('reads several candidates', () => {
    const reply = decodeReply(
      {
        candidates: [
          { content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' },
          { content: { parts: [{ text: 'b' }] }, finishReason: 'MAX_TOKENS', index: 1 },
        ],
      },
      quirks,
    );
    expect(reply.candidates.map(({ index, blocks, finish }) => [index, blocks[0], finish.reason])).toEqual([
      [0, { kind: 'text', text: 'a' }, 'stop'],
      [1, { kind: 'text', text: 'b' }, 'length'],
    ]);
  });
});

describe('how an answer of Gemini ended', () => {
  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['MODEL_ARMOR', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'other'],
    ['UNEXPECTED_TOOL_CALL', 'other'],
    ['LANGUAGE', 'other'],
    ['A_REASON_OF_NEXT_YEAR', 'other'],
  ])('%s is %s, and the word is kept', (raw, reason) => {
    expect(only(answer([], { finishReason: raw })).finish).toEqual({ reason, raw });
  });

  it.each([
    ['no content', {}],
    ['an empty content', { content: {} }],
    ['a content without parts', { content: { role: 'model' } }],
    ['parts that are null', { content: { parts: null } }],
  ])('survives %s', (_name, candidate) => {
    const reply = decodeReply({ candidates: [{ ...candidate, finishReason: 'MAX_TOKENS' }] }, quirks);
    expect(reply.candidates).toEqual([{ index: 0, blocks: [], finish: { reason: 'length', raw: 'MAX_TOKENS' } }]);
  });

  it('takes a prompt that was blocked for a content filter and no error', () => {
    const promptFeedback = { blockReason: 'PROHIBITED_CONTENT' };
    const reply = decodeReply({ promptFeedback, usageMetadata: { promptTokenCount: 9 } }, quirks);
    expect(reply.candidates).toEqual([
      {
        index: 0,
        blocks: [],
        finish: { reason: 'content-filter', raw: 'PROHIBITED_CONTENT', details: { gemini: { promptFeedback } } },
      },
    ]);
    expect(reply.usage).toEqual({ input: 9, output: 0 });
  });

  it('keeps what is said about the end', () => {
    const said = { finishMessage: 'Malformed function call: f(', safetyRatings: [{ category: 'X' }], avgLogprobs: -1 };
    expect(only(answer([], { finishReason: 'MALFORMED_FUNCTION_CALL', ...said })).finish.details).toEqual({
      gemini: said,
    });
  });

  it.each([[{}], [{ candidates: [] }], [{ candidates: [null] }], [{ usageMetadata: {} }]])(
    'reads %j as an answer without blocks',
    (body) => {
      expect(decodeReply(body, quirks).candidates).toEqual([{ index: 0, blocks: [], finish: { reason: 'other' } }]);
    },
  );
});
