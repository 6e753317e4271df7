import type { Route } from '@app/channels';
import { findProvider, type UpstreamProtocol } from '@app/providers';
import { minimalCall } from './minimal-call';
import { probeOperation, protocolFor, type ProbeOperation } from './probe-operation';

function routeTo(id: string, upstreamModel: string, protocols?: readonly UpstreamProtocol[]): Route {
  const provider = findProvider(id)!;
  const spoken = protocols ?? provider.protocols;
  const baseUrl = provider.defaultBaseUrl ?? 'https://h.test/v1';
  const channel = { id: 'c', provider, baseUrl, protocols: spoken, settings: {}, overrides: null, proxy: null };
  // Of a route only these are looked at.
  return { channel, credential: { secret: 'k' }, upstreamModel, protocol: spoken[0] } as unknown as Route;
}

it.each<[id: string, model: string, ProbeOperation, UpstreamProtocol]>([
  ['openai', 'gpt-5', 'chat', 'openai-chat'],
  ['openai', 'gpt-3.5-turbo-instruct', 'completions', 'openai-chat'],
  ['openai', 'text-embedding-3-small', 'embeddings', 'openai-chat'],
  ['openai', 'omni-moderation-latest', 'moderations', 'openai-chat'],
  ['openai', 'gpt-image-1', 'images', 'openai-chat'],
  ['openai', 'dall-e-3', 'images', 'openai-chat'],
  ['openai', 'tts-1-hd', 'speech', 'openai-chat'],
  ['openai', 'gpt-4o-mini-tts', 'speech', 'openai-chat'],
  ['openai', 'whisper-1', 'transcriptions', 'openai-chat'],
  ['openai', 'gpt-4o-transcribe', 'transcriptions', 'openai-chat'],
  ['openai', 'gpt-realtime', 'models', 'openai-chat'],
  ['openai', 'gpt-4o-audio-preview', 'chat', 'openai-chat'],
  ['openai-compatible', 'BAAI/bge-m3', 'embeddings', 'openai-chat'],
  ['siliconflow', 'BAAI/bge-reranker-v2-m3', 'rerank', 'openai-chat'],
  ['jina', 'jina-clip-v2', 'embeddings', 'openai-chat'],
  ['voyage', 'rerank-2.5', 'rerank', 'openai-chat'],
  ['cohere', 'embed-v4.0', 'embeddings', 'openai-chat'],
  ['cohere', 'command-a-03-2025', 'chat', 'cohere-chat'],
  ['gemini', 'gemini-embedding-001', 'embeddings', 'gemini'],
  ['gemini', 'gemini-2.5-flash-image', 'images', 'gemini'],
  ['gemini', 'imagen-4.0-generate-001', 'images', 'gemini'],
  ['gemini', 'gemini-3-pro', 'chat', 'gemini'],
  ['vertex-ai', 'text-embedding-005', 'embeddings', 'gemini'],
  ['bedrock', 'amazon.titan-embed-text-v2:0', 'embeddings', 'bedrock-converse'],
  ['bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'chat', 'anthropic-messages'],
  ['replicate', 'black-forest-labs/flux-schnell', 'images', 'replicate'],
  ['replicate', 'meta/llama-3', 'chat', 'replicate'],
  ['anthropic', 'claude-embed', 'chat', 'anthropic-messages'],
])('%s tests %s with %s over %s', (id, model, operation, protocol) => {
  const route = routeTo(id, model);
  expect(probeOperation(route)).toBe(operation);
  expect(protocolFor(operation, route)).toBe(protocol);
});

it('does not ask what a channel cannot be asked', () => {
  expect(protocolFor('speech', routeTo('jina', 'x'))).toBeUndefined();
  expect(protocolFor('embeddings', routeTo('openai', 'x', ['openai-responses']))).toBeUndefined();
});

const called = (id: string, model: string) => {
  const route = routeTo(id, model);
  const operation = probeOperation(route);
  const call = minimalCall(operation, { ...route, protocol: protocolFor(operation, route)! }, false);
  return { ...call, body: call.body as Buffer };
};

it.each<[id: string, model: string, url: string, body: object]>([
  [
    'openai',
    'text-embedding-3-small',
    'https://api.openai.com/v1/embeddings',
    { model: 'text-embedding-3-small', input: ['Say hi.'] },
  ],
  [
    'openai',
    'gpt-image-1',
    'https://api.openai.com/v1/images/generations',
    { model: 'gpt-image-1', prompt: 'A dot.', quality: 'low' },
  ],
  ['openai', 'tts-1', 'https://api.openai.com/v1/audio/speech', { model: 'tts-1', input: 'Hi.', voice: 'alloy' }],
  [
    'openai',
    'gpt-audio-mini',
    'https://api.openai.com/v1/chat/completions',
    {
      model: 'gpt-audio-mini',
      messages: [{ role: 'user', content: 'Say hi.' }],
      stream: false,
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
    },
  ],
  ['replicate', 'a/flux', 'https://api.replicate.com/v1/models/a/flux/predictions', { input: { prompt: 'A dot.' } }],
  [
    'gemini',
    'gemini-embedding-001',
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:embedContent',
    { model: 'models/gemini-embedding-001', content: { parts: [{ text: 'Say hi.' }] } },
  ],
])('%s is asked little of %s at %s', (id, model, url, body) => {
  const call = called(id, model);
  expect(call.url).toBe(url);
  expect(JSON.parse(call.body.toString())).toEqual(body);
});

it('transcribes half a second of silence', () => {
  const { url, headers, body } = called('groq', 'whisper-large-v3');
  expect(url).toBe('https://api.groq.com/openai/v1/audio/transcriptions');
  expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  const text = body.toString('latin1');
  expect(text).toContain('name="model"\r\n\r\nwhisper-large-v3\r\n');
  expect(text).toContain('RIFF');
  expect(body.length).toBeGreaterThan(16_000);
});
