import { apiKeyField, defineProvider } from '../provider';
import { oldLimit } from './old-limit';
import { only } from './only';

const credentialFields = [apiKeyField];

/** Services that run other people's models. */
export const hosts = [
  // https://docs.together.ai/docs/inference/openai-compatibility, …/chat/reasoning. Its Responses API knows few of its models.
  defineProvider({
    id: 'together',
    name: 'Together AI',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.together.ai/v1',
    credentialFields,
    paths: only(
      'chat',
      'completions',
      'embeddings',
      'batch-embeddings',
      'rerank',
      'images',
      'speech',
      'transcriptions',
      'translations',
      'models',
    ),
    quirks: { 'openai-chat': { reasoningField: 'reasoning', fields: oldLimit, customTools: false } },
  }),
  // https://docs.fireworks.ai/tools-sdks/anthropic-compatibility, …/guides/response-api
  defineProvider({
    id: 'fireworks',
    name: 'Fireworks AI',
    protocols: ['openai-chat', 'openai-responses', 'anthropic-messages'],
    defaultBaseUrl: 'https://api.fireworks.ai/inference/v1',
    credentialFields,
    auth: { 'anthropic-messages': 'bearer' },
    // Pictures and sound have hosts and shapes of their own.
    paths: only('chat', 'completions', 'embeddings', 'batch-embeddings', 'rerank', 'models'),
    quirks: { 'openai-chat': { reasoningField: 'reasoning_content', fields: oldLimit, customTools: false } },
  }),
  // https://docs.perplexity.ai/docs/grounded-llm/openai-compatibility. Sonar's chat completions ended in September 2026.
  defineProvider({
    id: 'perplexity',
    name: 'Perplexity',
    protocols: ['openai-responses'],
    defaultBaseUrl: 'https://api.perplexity.ai/v1',
    credentialFields,
  }),
  // https://inference-docs.cerebras.ai/resources/openai, …/capabilities/reasoning
  defineProvider({
    id: 'cerebras',
    name: 'Cerebras',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.cerebras.ai/v1',
    credentialFields,
    paths: only('chat', 'completions', 'models'),
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning',
        fields: { top_k: null, frequency_penalty: null, presence_penalty: null, logit_bias: null },
        customTools: false,
      },
    },
  }),
  // https://huggingface.co/docs/inference-providers/guides/responses-api
  defineProvider({
    id: 'huggingface',
    name: 'Hugging Face',
    protocols: ['openai-chat', 'openai-responses'],
    defaultBaseUrl: 'https://router.huggingface.co/v1',
    credentialFields,
    // The router chats and, for some of its vendors, embeds; every other task has an address of its own for each model.
    paths: only('chat', 'embeddings', 'batch-embeddings', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
  // https://docs.api.nvidia.com/nim/reference; the same record serves a NIM of one's own.
  defineProvider({
    id: 'nvidia',
    name: 'NVIDIA NIM',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://integrate.api.nvidia.com/v1',
    credentialFields,
    paths: only('chat', 'completions', 'embeddings', 'batch-embeddings', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
  // https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility; the account is part of the base URL:
  // https://api.cloudflare.com/client/v4/accounts/<account>/ai/v1. Its Responses API is documented for gpt-oss alone.
  defineProvider({
    id: 'cloudflare',
    name: 'Cloudflare Workers AI',
    protocols: ['openai-chat'],
    defaultBaseUrl: null,
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
];
