import { quirksOf } from '@app/providers';
import type { Block } from '../../chat/blocks';
import type { Finish } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { decodeContents } from './decode-contents';
import { decodeReply } from './decode-reply';
import { encodeReply } from './encode-reply';

const quirks = quirksOf({}, 'gemini');
const request = { model: '', stream: false, system: [], turns: [], tools: [], sampling: {}, meta: {}, extensions: [] };
const context = { model: 'my-model', requestId: 'req_1', created: 0, includeUsage: true, request };
const stop: Finish = { reason: 'stop' };
const encode = (blocks: readonly Block[], finish: Finish = stop) =>
  encodeReply({ candidates: [{ index: 0, blocks, finish }] }, context);
const candidate = (blocks: readonly Block[], finish: Finish = stop) =>
  (encode(blocks, finish).candidates as readonly JsonObject[])[0]!;
const partsOf = (blocks: readonly Block[]) =>
  (candidate(blocks).content as { readonly parts?: readonly JsonObject[] }).parts;

describe('an answer for a caller of Gemini', () => {
  it('has the model as the caller named it, an id and the usage', () => {
    const reply = {
      candidates: [{ index: 0, blocks: [], finish: stop }],
      usage: { input: 1, output: 2 },
      serviceTier: 'default',
    };
    expect(encodeReply(reply, context)).toEqual({
      candidates: [{ content: { role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3, serviceTier: 'standard' },
      modelVersion: 'my-model',
      responseId: 'req_1',
    });
  });

  it('turns every block that Gemini knows into a part', () => {
    expect(
      partsOf([
        { kind: 'reasoning', text: 'Hm.' },
        { kind: 'reasoning', text: '', summary: ['One', 'Two'] },
        { kind: 'text', text: 'Yes' },
        { kind: 'refusal', text: 'No' },
        { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'QQ==' } },
        { kind: 'image', source: { kind: 'url', url: 'https://x.example/a.webp' } },
        { kind: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'QQ==' } },
        { kind: 'opaque', issuer: 'gemini', type: 'executableCode', value: { executableCode: { code: '1' } } },
        { kind: 'opaque', issuer: 'anthropic', type: 'server_tool_use', value: {} },
      ]),
    ).toEqual([
      { text: 'Hm.', thought: true },
      { text: 'One\n\nTwo', thought: true },
      { text: 'Yes' },
      { text: 'No' },
      { inlineData: { mimeType: 'image/png', data: 'QQ==' } },
      { fileData: { fileUri: 'https://x.example/a.webp', mimeType: 'image/webp' } },
      { inlineData: { mimeType: 'audio/wav', data: 'QQ==' } },
      { executableCode: { code: '1' } },
    ]);
  });

  it('has calls with ids, arguments as objects and their own signatures', () => {
    const signature = { issuer: 'gemini', value: 'c2ln' } as const;
    expect(
      partsOf([
        { kind: 'tool-call', id: 'call_1', name: 'f', input: '{"a":1}', type: 'function', signature },
        { kind: 'tool-call', id: 'call_2', name: 'g', input: '', type: 'function' },
      ]),
    ).toEqual([
      { functionCall: { id: 'call_1', name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' },
      { functionCall: { id: 'call_2', name: 'g', args: {} } },
    ]);
  });

  it('leaves out a call that was cut off: nobody runs a tool with half its arguments', () => {
    const call: Block = { kind: 'tool-call', id: 'call_1', name: 'rm', input: '{"path":"/tm', type: 'function' };
    const finishMessage = 'Malformed function call: rm({"path":"/tm)';
    expect(candidate([call], { reason: 'length' })).toMatchObject({
      content: { role: 'model' },
      finishReason: 'MAX_TOKENS',
      finishMessage,
    });
    expect(candidate([call], { reason: 'tool-calls' })).toMatchObject({
      finishReason: 'MALFORMED_FUNCTION_CALL',
      finishMessage,
    });
  });

  it.each<[Finish, object]>([
    [{ reason: 'stop', raw: 'end_turn' }, { finishReason: 'STOP' }],
    [{ reason: 'tool-calls', raw: 'tool_calls' }, { finishReason: 'STOP' }],
    [{ reason: 'length' }, { finishReason: 'MAX_TOKENS' }],
    [{ reason: 'context-length' }, { finishReason: 'MAX_TOKENS' }],
    [{ reason: 'content-filter', raw: 'content_filter' }, { finishReason: 'SAFETY' }],
    [{ reason: 'content-filter', raw: 'RECITATION' }, { finishReason: 'RECITATION' }],
    [{ reason: 'refusal', raw: 'refusal' }, { finishReason: 'SAFETY' }],
    [
      { reason: 'pause', raw: 'pause_turn' },
      { finishReason: 'OTHER', finishMessage: 'pause_turn' },
    ],
    [
      { reason: 'other', raw: 'strange_end' },
      { finishReason: 'OTHER', finishMessage: 'strange_end' },
    ],
    [{ reason: 'other', raw: 'A_REASON_OF_NEXT_YEAR' }, { finishReason: 'A_REASON_OF_NEXT_YEAR' }],
    [{ reason: 'other' }, { finishReason: 'OTHER' }],
  ])('says %j as %j', (finish, fields) => {
    const { finishReason, finishMessage } = candidate([], finish);
    expect({ finishReason, ...(finishMessage === undefined ? {} : { finishMessage }) }).toEqual(fields);
  });

  it('repeats what a Gemini upstream said, but for what the gateway owns', () => {
    const said = {
      candidates: [
        {
          content: {
            parts: [
              { text: 'Hm', thought: true },
              { text: 'a', thoughtSignature: 'c2ln' },
              { functionCall: { id: 'x1', name: 'f', args: { q: [1] } }, thoughtSignature: 'czI=' },
              { toolCall: { id: 't', toolType: 'GOOGLE_SEARCH_WEB' } },
            ],
            role: 'model',
          },
          finishReason: 'STOP',
          finishMessage: 'Model generated function call(s).',
          safetyRatings: [{ category: 'HARM_CATEGORY_HATE_SPEECH', probability: 'LOW' }],
          citationMetadata: { citationSources: [{ endIndex: 1, license: 'mit' }] },
          avgLogprobs: -0.1,
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 1, totalTokenCount: 6 },
      modelVersion: 'my-model',
      responseId: 'r',
    };
    expect(encodeReply(decodeReply(said, quirks), context)).toEqual(said);
    const blocked = {
      promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] },
      modelVersion: 'my-model',
      responseId: 'r',
    };
    expect(encodeReply(decodeReply(blocked, quirks), context)).toEqual(blocked);
  });
});

describe('foreign signatures in the hands of a caller of Gemini', () => {
  const returned = (blocks: readonly Block[]) =>
    decodeContents({ contents: [{ role: 'model', parts: partsOf(blocks) }] })[0]?.blocks;

  it('are base64, as the SDKs want them', () => {
    const [part] =
      partsOf([{ kind: 'reasoning', text: 'Hm', signature: { issuer: 'anthropic', value: 'Er/+.=?ü' } }]) ?? [];
    expect(part?.thoughtSignature).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });

  it.each<[string, Block]>([
    ["Anthropic's signature", { kind: 'reasoning', text: 'Hm', signature: { issuer: 'anthropic', value: 'EqQB+/=' } }],
    [
      'redacted thoughts',
      { kind: 'reasoning', text: '', signature: { issuer: 'anthropic', value: 'Emw=' }, redacted: true },
    ],
    [
      "OpenAI's encrypted reasoning",
      {
        kind: 'reasoning',
        text: '',
        summary: ['A plan'],
        signature: { issuer: 'openai', value: 'gAAA-_' },
        id: 'rs_1',
      },
    ],
    [
      'a signed call',
      {
        kind: 'tool-call',
        id: 'toolu_1',
        name: 'f',
        input: '{}',
        type: 'function',
        signature: { issuer: 'openrouter', value: 'x' },
      },
    ],
    ["Gemini's own", { kind: 'text', text: 'a', signature: { issuer: 'gemini', value: 'c2ln' } }],
  ])('come back byte for byte: %s', (_name, block) => {
    expect(returned([block])).toEqual([block]);
  });

  it('come back from an SDK that uses the URL alphabet', () => {
    const signature = { issuer: 'anthropic', value: '\u00ff\u00fe??>>' } as const;
    const [part] = partsOf([{ kind: 'reasoning', text: 'Hm', signature }]) ?? [];
    const urlSafe = String(part?.thoughtSignature).replaceAll('+', '-').replaceAll('/', '_');
    const contents = [{ role: 'model', parts: [{ ...part, thoughtSignature: urlSafe }] }];
    expect(decodeContents({ contents })[0]?.blocks).toEqual([{ kind: 'reasoning', text: 'Hm', signature }]);
  });
});
