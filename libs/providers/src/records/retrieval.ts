import { apiKeyField, defineProvider } from '../provider';
import { oldLimit } from './old-limit';
import { only } from './only';

const credentialFields = [apiKeyField];

/** Vendors of embeddings and reranking, at the paths and with the key of OpenAI's protocol. Of them only Cohere also chats. */
export const retrieval = [
  // https://docs.cohere.com/docs/compatibility-api#unsupported-parameters. Reranking is not part of it but of Cohere's own API:
  // https://docs.cohere.com/reference/rerank
  defineProvider({
    id: 'cohere',
    name: 'Cohere',
    // Its own protocol alone has thoughts, citations, documents, `k` and log probabilities.
    protocols: ['cohere-chat', 'openai-chat'],
    defaultBaseUrl: 'https://api.cohere.ai/compatibility/v1',
    credentialFields,
    mounts: {
      'cohere-chat': { from: '/compatibility/v1', to: '/v2' },
      rerank: { from: '/compatibility/v1', to: '/v2' },
    },
    paths: only('chat', 'embeddings', 'batch-embeddings', 'rerank', 'models'),
    quirks: {
      'openai-chat': {
        acceptsUsageOption: false,
        fields: {
          ...oldLimit,
          top_k: null,
          n: null,
          logprobs: null,
          top_logprobs: null,
          logit_bias: null,
          parallel_tool_calls: null,
          // It knows `none` and `high`; any other effort is refused.
          reasoning_effort: null,
          store: null,
          metadata: null,
          service_tier: null,
          modalities: null,
          audio: null,
        },
        customTools: false,
      },
    },
  }),
  // https://jina.ai/embeddings, https://jina.ai/reranker
  defineProvider({
    id: 'jina',
    name: 'Jina AI',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.jina.ai/v1',
    credentialFields,
    paths: only('embeddings', 'batch-embeddings', 'rerank', 'models'),
  }),
  // https://docs.voyageai.com
  defineProvider({
    id: 'voyage',
    name: 'Voyage AI',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.voyageai.com/v1',
    credentialFields,
    paths: only('embeddings', 'batch-embeddings', 'rerank'),
    // https://docs.voyageai.com/reference/reranker-api
    renames: { rerank: { top_n: 'top_k' } },
  }),
];
