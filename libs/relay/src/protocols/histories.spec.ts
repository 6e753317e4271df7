import { type Protocol, quirksOf } from '@app/providers';
import type { Block, Issuer } from '../chat/blocks';
import type { ChatRequest } from '../chat/request';
import { foreignExtras } from '../chat/extras';
import { arrayAt, type JsonObject, textAt } from '../json';
import { clientFace, upstreamFace } from './faces';

/** What a caller sends back or asks for beside words: it arrives in place, or is named as dropped. */
const models: Readonly<Record<Protocol, string>> = {
  'openai-chat': 'gpt-5.1',
  'openai-responses': 'gpt-5.1',
  'anthropic-messages': 'claude-opus-4-8',
  gemini: 'gemini-3-pro-image',
};

const issuers: Readonly<Partial<Record<Protocol, Issuer>>> = {
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
};

function sent(from: Protocol, body: JsonObject, to: Protocol) {
  const chat = clientFace(from).decodeRequest({ model: 'm', ...body }, { model: 'm' });
  const { body: encoded, dropped } = upstreamFace(to).encodeRequest({ ...chat, model: models[to] }, quirksOf({}, to));
  const issuer = issuers[to];
  return { body: encoded, dropped: [...dropped, ...foreignExtras(chat, issuer)] };
}

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((found, step) => (found as Record<string | number, unknown>)[step], value);

describe('what an answer of chat had beside its text, sent back with it', () => {
  const signature = { google: { thought_signature: 'c2ln' } };
  const image = {
    type: 'image_url',
    index: 0,
    image_url: { url: 'data:image/png;base64,aW1n' },
    extra_content: signature,
  };
  const source = { start_index: 0, end_index: 5, url: 'https://a.example', title: 'A' };
  const answer = {
    role: 'assistant',
    content: 'There you are.',
    images: [image],
    annotations: [{ type: 'url_citation', url_citation: source }],
  };
  const messages = [{ role: 'user', content: 'Draw.' }, answer, { role: 'user', content: 'Larger.' }];

  it('reaches Gemini: the picture with the signature it was given', () => {
    const { body, dropped } = sent('openai-chat', { messages }, 'gemini');
    expect(at(body, 'contents', 1, 'parts')).toEqual([
      { text: 'There you are.' },
      { inlineData: { mimeType: 'image/png', data: 'aW1n' }, thoughtSignature: 'c2ln' },
    ]);
    expect(dropped).toEqual(['turns.citations']);
  });

  it('reaches the Responses API: sources at their place', () => {
    const { body } = sent('openai-chat', { messages }, 'openai-responses');
    expect(at(body, 'input', 1, 'content')).toEqual([
      { type: 'output_text', text: 'There you are.', annotations: [{ type: 'url_citation', ...source }] },
    ]);
    expect(at(body, 'input', 2)).toMatchObject({ type: 'image_generation_call', result: 'aW1n' });
  });

  it('is named where there is no place for it', () => {
    expect(sent('openai-chat', { messages }, 'anthropic-messages').dropped).toEqual(['turns.citations', 'turns.image']);
  });

  it('is named on its way to chat', () => {
    const text = { type: 'output_text', text: 'x', annotations: [{ type: 'url_citation', ...source }] };
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'message', role: 'assistant', phase: 'commentary', content: [text] },
      { type: 'function_call', call_id: 'c', name: 'f', namespace: 'n', arguments: '{}' },
    ];
    expect(sent('openai-responses', { input }, 'openai-chat').dropped).toEqual([
      'turns.citations',
      'turns.phase',
      'turns.namespace',
    ]);
  });
});

describe('a search the vendor runs, asked of another vendor', () => {
  const place = { type: 'approximate', country: 'DE', city: 'Berlin' };
  const messages = [{ role: 'user', content: 'News?' }];
  const limits = { max_uses: 3, allowed_domains: ['a.example'], user_location: place };
  const claude = { type: 'web_search_20250305', name: 'web_search', ...limits };

  it('keeps to the domains and the place that Claude was given', () => {
    const { body, dropped } = sent(
      'anthropic-messages',
      { messages, max_tokens: 9, tools: [claude] },
      'openai-responses',
    );
    expect(body.tools).toEqual([
      { type: 'web_search', filters: { allowed_domains: ['a.example'] }, user_location: place },
    ]);
    expect(dropped).toContain('tools[web_search_20250305].max_uses');
  });

  it('keeps to the place that chat was given', () => {
    const { type, ...approximate } = place;
    const options = { search_context_size: 'low', user_location: { type, approximate } };
    const body = { messages, web_search_options: options };
    expect(sent('openai-chat', body, 'openai-responses').body.tools).toEqual([
      { type: 'web_search', search_context_size: 'low', user_location: place },
    ]);
    const { body: claudes, dropped } = sent('openai-chat', body, 'anthropic-messages');
    expect(claudes.tools).toEqual([{ type: 'web_search_20250305', name: 'web_search', user_location: place }]);
    expect(dropped).toEqual(['tools[web_search_options].search_context_size']);
  });

  it('tells what of another tool is lost', () => {
    const container = { type: 'auto', file_ids: ['file-1'] };
    const body = { input: 'Hi', tools: [{ type: 'code_interpreter', container }] };
    expect(sent('openai-responses', body, 'anthropic-messages').dropped).toEqual(['tools[code_interpreter].container']);
  });

  it('is not taken away where the choice is between functions', () => {
    const declared = { functionDeclarations: [{ name: 'f' }, { name: 'g' }] };
    const toolConfig = { functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] } };
    const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
    const { body } = sent(
      'gemini',
      { contents, tools: [declared, { googleSearch: {} }], toolConfig },
      'anthropic-messages',
    );
    expect(arrayAt(body, 'tools').map((tool) => textAt(tool, 'name'))).toEqual(['f', 'web_search']);
  });
});

describe('what only the caller’s protocol knows of a part or a tool', () => {
  it('is named: Gemini', () => {
    const contents = [
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'aW1n' }, mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' } },
          { functionResponse: { name: 'f', response: { output: 'x' }, scheduling: 'SILENT' } },
        ],
      },
    ];
    const tools = [{ functionDeclarations: [{ name: 'f', behavior: 'BLOCKING', parameters: { type: 'OBJECT' } }] }];
    const lost = ['turns.mediaResolution', 'turns.scheduling', 'tools[f].behavior'];
    expect(sent('gemini', { contents, tools }, 'openai-chat').dropped).toEqual(lost);
    expect(sent('gemini', { contents, tools }, 'gemini').dropped).toEqual([]);
  });

  it('is named: Anthropic', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const tools = [{ name: 'f', input_schema: { type: 'object' }, defer_loading: true, input_examples: [{}] }];
    expect(sent('anthropic-messages', { messages, tools }, 'openai-chat').dropped).toEqual([
      'tools[f].defer_loading',
      'tools[f].input_examples',
    ]);
  });

  it.each(['anthropic-messages', 'gemini', 'openai-responses'] as const)('is named: OpenAI Chat, to %s', (to) => {
    const messages = [
      { role: 'system', content: 'Be brief.', weight: 1 },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'The', prefix: true, id: 'msg_1', tool_calls: [], function_call: null },
      { role: 'user', content: 'Go on.' },
    ];
    const tools = [{ type: 'function', function: { name: 'f', input_examples: [{}] }, defer_loading: true }];
    expect(sent('openai-chat', { messages, tools }, to).dropped.sort()).toEqual([
      ...['tools[f].defer_loading', 'tools[f].input_examples', 'turns.prefix', 'turns.weight'],
    ]);
  });

  it('is named: how a stream is disguised, which only OpenAI does', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const body = { messages, stream: true, stream_options: { include_usage: true, include_obfuscation: false } };
    const told = ['extensions.stream_options.include_obfuscation'];
    expect(sent('openai-chat', body, 'anthropic-messages').dropped).toEqual(told);
    expect(sent('openai-chat', body, 'gemini').dropped).toEqual(told);
    const { body: encoded, dropped } = sent('openai-chat', body, 'openai-responses');
    expect([encoded.stream_options, dropped]).toEqual([{ include_obfuscation: false }, []]);
  });

  it('is named: the name of a picture', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'aW1n', displayName: 'a.png' } };
    const stored = { fileData: { mimeType: 'image/png', fileUri: 'https://a.example/a.png', displayName: 'a.png' } };
    for (const part of [picture, stored]) {
      const contents = [{ role: 'user', parts: [part] }];
      expect(sent('gemini', { contents }, 'openai-chat').dropped).toEqual(['turns.displayName']);
      expect(at(sent('gemini', { contents }, 'gemini').body, 'contents', 0, 'parts', 0)).toEqual(part);
    }
  });

  it.each(['anthropic-messages', 'gemini'] as const)('is named: the name of a form, to %s', (to) => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    const response_format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
    expect(sent('openai-chat', { messages, response_format }, to).dropped).toEqual(['format.name']);
  });

  it('is named: OpenAI Responses, but for numbers and states of items', () => {
    const input = [{ type: 'message', id: 'msg_1', status: 'completed', role: 'user', content: 'Hi' }];
    const tools = [{ type: 'function', name: 'f', defer_loading: true }];
    expect(sent('openai-responses', { input, tools }, 'anthropic-messages').dropped).toEqual([
      'tools[f].defer_loading',
    ]);
  });

  it('tells where a search result is from', () => {
    const content = [{ type: 'text', text: 'It rains.' }];
    const result = { type: 'search_result', source: 'https://a.example', title: 'Weather', content };
    const body = { max_tokens: 9, messages: [{ role: 'user', content: [result, { type: 'text', text: 'So?' }] }] };
    expect(JSON.stringify(sent('anthropic-messages', body, 'openai-chat').body)).toContain('https://a.example');
    expect(at(sent('anthropic-messages', body, 'anthropic-messages').body, 'messages', 0, 'content', 0)).toEqual(
      result,
    );
  });

  it('tells that a grammar is no longer enforced', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } };
    const tools = [{ type: 'custom', custom: { name: 'patch', format } }];
    const body = { messages: [{ role: 'user', content: 'Hi' }], tools };
    expect(sent('openai-chat', body, 'gemini').dropped).toEqual(['tools[patch].format']);
  });
});

describe('a picture sent as a file', () => {
  const file_data = 'data:image/png;base64,aW1n';
  const chat = {
    messages: [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.png', file_data } }] }],
  };
  const responses = {
    input: [{ role: 'user', content: [{ type: 'input_file', filename: 'a.png', file_data }] }],
  };
  const pictures = {
    'anthropic-messages': { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aW1n' } },
    gemini: { inlineData: { mimeType: 'image/png', data: 'aW1n' } },
    'bedrock-converse': { image: { format: 'png', source: { bytes: 'aW1n' } } },
  };

  it.each(Object.entries(pictures))('is one to %s', (protocol, part) => {
    const to = protocol as keyof typeof pictures;
    for (const [from, body] of [
      ['openai-chat', chat],
      ['openai-responses', responses],
    ] as const) {
      const request = clientFace(from).decodeRequest({ model: 'm', ...body }, {});
      const { body: encoded, dropped } = upstreamFace(to).encodeRequest(request, quirksOf({}, to));
      const place = to === 'gemini' ? ['contents', 0, 'parts', 0] : ['messages', 0, 'content', 0];
      expect(at(encoded, ...place)).toEqual(part);
      expect([...dropped, ...foreignExtras(request, undefined)]).toEqual(['turns.filename']);
    }
  });
});

describe('a file without a name', () => {
  it.each([
    ['text/plain', 'file.txt'],
    ['text/plain; charset=utf-8', 'file.txt'],
    ['text/markdown', 'file.md'],
    ['application/pdf', 'file.pdf'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'file.docx'],
    ['application/vnd.api+json', 'file.json'],
    ['application/octet-stream', 'file.bin'],
    ['', 'file.bin'],
  ])('of %s is called %s by both of OpenAI’s protocols', (mediaType, name) => {
    const file: Block = { kind: 'file', source: { kind: 'data', mediaType, data: 'QQ==' } };
    const request: ChatRequest = {
      ...{ model: 'm', stream: false, system: [], tools: [], sampling: {}, meta: {}, extensions: [] },
      turns: [{ role: 'user', blocks: [file] }],
    };
    const body = (to: Protocol) => upstreamFace(to).encodeRequest(request, quirksOf({}, to)).body;
    expect(at(body('openai-chat'), 'messages', 0, 'content', 0, 'file', 'filename')).toBe(name);
    expect(at(body('openai-responses'), 'input', 0, 'content', 0, 'filename')).toBe(name);
  });
});
