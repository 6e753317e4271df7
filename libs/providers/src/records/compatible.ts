import { readDeepSeekBalance, readMoonshotBalance, readOpenRouterBalance, readSiliconFlowBalance } from '../balance';
import { apiKeyField, defineProvider } from '../provider';
import { dashscopeCodes, mistralCodes, siliconFlowCodes, zhipuCodes } from './error-codes';
import { oldLimit } from './old-limit';
import { only, onlyWith } from './only';

const credentialFields = [apiKeyField];

/** Vendors that speak OpenAI's protocol; several speak Anthropic's too, at a path of their own. */
export const compatible = [
  // https://api-docs.deepseek.com — texts are completed at /beta only, so that a chat does it.
  defineProvider({
    id: 'deepseek',
    name: 'DeepSeek',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'https://api.deepseek.com',
    credentialFields,
    mounts: { 'anthropic-messages': { to: '/anthropic' } },
    paths: onlyWith({ balance: '/user/balance' }, 'chat', 'models'),
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_content',
        needsReasoningBack: true,
        fields: oldLimit,
        // https://api-docs.deepseek.com/api/create-chat-completion knows `max_tokens` alone: another limit would be none.
        refused: ['max_completion_tokens'],
        reasoningWish: 'thinking+effort',
        // "invalid type: sequence, expected a string"
        contentParts: false,
        customTools: false,
        jsonSchema: false,
      },
    },
    readBalance: readDeepSeekBalance,
  }),
  defineProvider({
    id: 'openrouter',
    name: 'OpenRouter',
    protocols: ['openai-chat', 'openai-responses', 'anthropic-messages'],
    defaultBaseUrl: 'https://openrouter.ai/api/v1',
    credentialFields,
    auth: { 'anthropic-messages': 'bearer' },
    paths: { 'openai-chat': { balance: '/credits' } },
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_details',
        fields: {},
        reasoningWish: 'reasoning',
        customTools: false,
        cacheControl: true,
        videoParts: true,
      },
    },
    readBalance: readOpenRouterBalance,
  }),
  // https://console.groq.com/docs/api-reference
  defineProvider({
    id: 'groq',
    name: 'Groq',
    protocols: ['openai-chat', 'openai-responses'],
    defaultBaseUrl: 'https://api.groq.com/openai/v1',
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'speech', 'transcriptions', 'translations', 'models'),
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning',
        // https://console.groq.com/docs/openai#currently-unsupported-openai-features
        fields: { top_k: null, logprobs: null, top_logprobs: null, logit_bias: null, n: null, name: null },
        refused: ['logprobs', 'top_logprobs', 'logit_bias', 'name'],
        customTools: false,
      },
    },
  }),
  defineProvider({
    id: 'mistral',
    name: 'Mistral AI',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.mistral.ai/v1',
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'moderations', 'speech', 'transcriptions', 'models'),
    // 422 extra_forbidden: https://github.com/BerriAI/litellm/issues/8978. Its final chunk has the usage anyway.
    quirks: {
      'openai-chat': {
        acceptsUsageOption: false,
        reasoningField: 'content',
        fields: {
          ...oldLimit,
          seed: 'random_seed',
          top_k: null,
          logprobs: null,
          top_logprobs: null,
          logit_bias: null,
          name: null,
          user: null,
          store: null,
          service_tier: null,
          verbosity: null,
          prompt_cache_key: null,
          modalities: null,
          audio: null,
        },
        // Each seen as `extra_forbidden`: https://github.com/avante-corp/avante.nvim/issues/2347 (stream_options),
        // https://github.com/Gitlawb/openclaude/issues/739 (store, the limit), https://github.com/Vali-98/ChatterUI/issues/143 (seed)
        refused: ['stream_options', 'max_completion_tokens', 'seed', 'store'],
        customTools: false,
        callIds: 'mistral',
      },
    },
    errorCodes: mistralCodes,
  }),
  defineProvider({
    id: 'xai',
    name: 'xAI',
    protocols: ['openai-chat', 'openai-responses'],
    defaultBaseUrl: 'https://api.x.ai/v1',
    credentialFields,
    paths: only('chat', 'completions', 'embeddings', 'batch-embeddings', 'images', 'image-edits', 'realtime', 'models'),
    quirks: {
      'openai-chat': { reasoningField: 'reasoning_content', reasoningInsideCompletion: false, customTools: false },
    },
  }),
  // https://platform.kimi.com/docs/api/overview; elsewhere https://api.moonshot.ai/v1.
  defineProvider({
    id: 'moonshot',
    name: 'Moonshot AI (Kimi)',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'https://api.moonshot.cn/v1',
    credentialFields,
    auth: { 'anthropic-messages': 'bearer' },
    mounts: { 'anthropic-messages': { from: '/v1', to: '/anthropic' } },
    paths: onlyWith({ balance: '/users/me/balance' }, 'chat', 'models'),
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_content',
        needsReasoningBack: true,
        fields: oldLimit,
        reasoningWish: 'thinking',
        customTools: false,
        videoParts: true,
      },
    },
    readBalance: readMoonshotBalance,
  }),
  defineProvider({
    id: 'zhipu',
    name: 'Zhipu AI (GLM)',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'https://open.bigmodel.cn/api/paas/v4',
    credentialFields,
    paths: only(
      'chat',
      'embeddings',
      'batch-embeddings',
      'rerank',
      'images',
      'speech',
      'transcriptions',
      'moderations',
      'models',
    ),
    auth: { 'anthropic-messages': 'bearer' },
    mounts: { 'anthropic-messages': { from: '/paas/v4', to: '/anthropic' } },
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_content',
        fields: oldLimit,
        // Only `max_tokens` is known: https://java.agentscope.io/v2/en/integration/model/glm
        refused: ['max_completion_tokens'],
        reasoningWish: 'thinking',
        customTools: false,
        jsonSchema: false,
        videoParts: true,
      },
    },
    errorCodes: zhipuCodes,
  }),
  // https://help.aliyun.com/en/model-studio/compatibility-of-openai-with-dashscope; elsewhere https://dashscope-intl.aliyuncs.com/….
  // Its compatible mode has no pictures and no sound. Ranking: https://help.aliyun.com/en/model-studio/text-rerank-api
  defineProvider({
    id: 'dashscope',
    name: 'Alibaba Model Studio (Qwen)',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    credentialFields,
    mounts: {
      'anthropic-messages': { from: '/compatible-mode/v1', to: '/apps/anthropic' },
      rerank: { from: '/compatible-mode/v1', to: '/compatible-api/v1' },
    },
    paths: onlyWith({ rerank: '/reranks' }, 'chat', 'completions', 'embeddings', 'batch-embeddings', 'models'),
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_content',
        fields: oldLimit,
        reasoningWish: 'enable_thinking',
        customTools: false,
        cacheControl: true,
        videoParts: true,
      },
    },
    errorCodes: dashscopeCodes,
  }),
  defineProvider({
    id: 'siliconflow',
    name: 'SiliconFlow',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'https://api.siliconflow.cn/v1',
    credentialFields,
    auth: { 'anthropic-messages': 'bearer' },
    paths: onlyWith(
      { balance: '/user/info' },
      ...([
        'chat',
        'embeddings',
        'batch-embeddings',
        'rerank',
        'images',
        'speech',
        'transcriptions',
        'models',
      ] as const),
    ),
    // https://docs.siliconflow.cn/en/api-reference/images/images-generations
    renames: { images: { size: 'image_size', n: 'batch_size' } },
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_content',
        fields: oldLimit,
        reasoningWish: 'enable_thinking',
        customTools: false,
      },
    },
    errorCodes: siliconFlowCodes,
    readBalance: readSiliconFlowBalance,
  }),
];
