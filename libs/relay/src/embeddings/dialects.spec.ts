import type { Route } from '@app/channels';
import { findProvider, type UpstreamProtocol } from '@app/providers';
import { dialectFor } from './dialects';

function dialect(id: string, protocol: UpstreamProtocol, upstreamModel: string, inputs = 2) {
  // Of the route only these are looked at.
  const route = { channel: { provider: findProvider(id) }, protocol, upstreamModel } as unknown as Route;
  return dialectFor(route, inputs);
}

const wanted = { inputs: ['a', 'b'], dimensions: 4, task: 'RETRIEVAL_QUERY', base64: false, dropped: [] };

it.each<[string, UpstreamProtocol, string, number, object]>([
  ['openai', 'openai-chat', 'text-embedding-3-small', 2048, { input: ['a', 'b'], dimensions: 4 }],
  ['gemini', 'gemini', 'gemini-embedding-001', 100, { requests: [{}, { taskType: 'RETRIEVAL_QUERY' }] }],
  [
    'vertex-ai',
    'gemini',
    'text-embedding-005',
    50,
    {
      instances: [
        { content: 'a', task_type: 'RETRIEVAL_QUERY' },
        { content: 'b', task_type: 'RETRIEVAL_QUERY' },
      ],
      parameters: { outputDimensionality: 4 },
    },
  ],
  ['vertex-ai', 'gemini', 'gemini-embedding-001', 1, { instances: [{ content: 'a' }, { content: 'b' }] }],
  ['vertex-ai', 'gemini', 'gemini-embedding-2-preview', 1, { content: { parts: [{ text: 'a' }] } }],
  ['bedrock', 'bedrock-converse', 'amazon.titan-embed-text-v2:0', 1, { inputText: 'a', dimensions: 4 }],
  [
    'bedrock',
    'bedrock-converse',
    'us.cohere.embed-v4:0',
    96,
    { texts: ['a', 'b'], input_type: 'search_query', output_dimension: 4 },
  ],
])('%s over %s asks %s for %d inputs a call', (id, protocol, model, most, body) => {
  const found = dialect(id, protocol, model);
  expect(found.most).toBe(most);
  expect(found.encode(wanted.inputs, wanted, model)).toMatchObject(body);
});

it.each<[string, UpstreamProtocol, string, object, object]>([
  [
    'vertex-ai',
    'gemini',
    'text-embedding-005',
    { predictions: [{ embeddings: { values: [1], statistics: { token_count: 3, truncated: false } } }] },
    { vectors: [[1]], usage: { input: 3, output: 0 } },
  ],
  ['vertex-ai', 'gemini', 'text-embedding-005', { predictions: [{ embeddings: { values: [1] } }] }, { vectors: [[1]] }],
  [
    'bedrock',
    'bedrock-converse',
    'amazon.titan-embed-text-v2:0',
    { embedding: [1, 2], inputTextTokenCount: 5, embeddingsByType: { float: [1, 2] } },
    { vectors: [[1, 2]], usage: { input: 5, output: 0 } },
  ],
  ['bedrock', 'bedrock-converse', 'amazon.titan-embed-text-v2:0', { message: 'no' }, { vectors: [] }],
  ['bedrock', 'bedrock-converse', 'cohere.embed-multilingual-v3', { embeddings: [[1], [2]] }, { vectors: [[1], [2]] }],
  ['bedrock', 'bedrock-converse', 'cohere.embed-v4:0', { embeddings: { float: [[1]] } }, { vectors: [[1]] }],
])('%s over %s: %s answers %j', (id, protocol, model, answer, reply) => {
  expect(dialect(id, protocol, model).decode(answer as Record<string, unknown>)).toEqual(reply);
});
