import { apiKeyField, defineProvider } from '../provider';
import { oldLimit } from './old-limit';
import { only } from './only';

const credentialFields = [{ ...apiKeyField, required: false }];

/** Servers the operator runs, or any other that speaks a known protocol. Most work without a key. */
export const selfHosted = [
  defineProvider({
    id: 'ollama',
    name: 'Ollama',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'http://127.0.0.1:11434/v1',
    credentialFields,
    paths: only('chat', 'completions', 'embeddings', 'batch-embeddings', 'images', 'models'),
    quirks: { 'openai-chat': { reasoningField: 'reasoning', fields: oldLimit, customTools: false } },
  }),
  // https://docs.vllm.ai/en/latest/features/reasoning_outputs/, …/serving/integrations/claude_code/; --api-key is a bearer's.
  defineProvider({
    id: 'vllm',
    name: 'vLLM',
    protocols: ['openai-chat', 'openai-responses', 'anthropic-messages'],
    defaultBaseUrl: 'http://127.0.0.1:8000/v1',
    credentialFields,
    auth: { 'anthropic-messages': 'bearer' },
    quirks: {
      'openai-chat': { reasoningField: 'reasoning', fields: oldLimit, customTools: false, videoParts: true },
    },
  }),
  // https://docs.sglang.io/docs/basic_usage/anthropic_api, …/advanced_features/separate_reasoning
  defineProvider({
    id: 'sglang',
    name: 'SGLang',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'http://127.0.0.1:30000/v1',
    credentialFields,
    auth: { 'anthropic-messages': 'bearer' },
    quirks: { 'openai-chat': { reasoningField: 'reasoning_content', fields: oldLimit, customTools: false } },
  }),
  // https://inference.readthedocs.io/en/latest/models/model_abilities/chat.html
  defineProvider({
    id: 'xinference',
    name: 'Xinference',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'http://127.0.0.1:9997/v1',
    credentialFields,
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
  // https://lmstudio.ai/docs/developer/openai-compat, …/anthropic-compat
  defineProvider({
    id: 'lm-studio',
    name: 'LM Studio',
    protocols: ['openai-chat', 'openai-responses', 'anthropic-messages'],
    defaultBaseUrl: 'http://127.0.0.1:1234/v1',
    credentialFields,
    paths: only('chat', 'completions', 'embeddings', 'batch-embeddings', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
  // Speaks everything, so nothing is ever translated towards it: what it cannot say is its own upstream's matter.
  defineProvider({
    id: 'one-api',
    name: 'One API / new-api',
    protocols: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'],
    defaultBaseUrl: null,
    credentialFields: [apiKeyField],
    mounts: { 'openai-chat': { to: '/v1' }, 'openai-responses': { to: '/v1' } },
  }),
  defineProvider({
    id: 'openai-compatible',
    name: 'OpenAI-compatible',
    protocols: ['openai-chat'],
    defaultBaseUrl: null,
    credentialFields,
    quirks: {
      'openai-chat': { reasoningField: 'reasoning_content', fields: oldLimit, customTools: false, videoParts: true },
    },
  }),
  // The upstream of `npm run simulator`: tries the gateway without any account.
  defineProvider({
    id: 'simulator',
    name: 'Simulator',
    protocols: ['openai-chat', 'anthropic-messages', 'gemini'],
    defaultBaseUrl: 'http://127.0.0.1:8790/v1',
    credentialFields,
    mounts: { 'openai-chat': { to: '/v1' } },
  }),
];
