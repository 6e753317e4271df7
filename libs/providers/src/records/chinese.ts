import { apiKeyField, defineProvider } from '../provider';
import { minimaxCodes, qianfanCodes, volcengineCodes } from './error-codes';
import { oldLimit } from './old-limit';
import { only } from './only';

const credentialFields = [apiKeyField];

/** Further vendors of China, at their addresses for China. */
export const chinese = [
  // https://cloud.baidu.com/doc/qianfan/s/Hmh4suq26
  defineProvider({
    id: 'qianfan',
    name: 'Baidu Qianfan (ERNIE)',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://qianfan.baidubce.com/v2',
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'rerank', 'images', 'image-edits', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
    errorCodes: qianfanCodes,
  }),
  // https://cloud.tencent.com/document/product/1729/111007
  defineProvider({
    id: 'hunyuan',
    name: 'Tencent Hunyuan',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.hunyuan.cloud.tencent.com/v1',
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
  // https://www.volcengine.com/docs/82379; models are called by their id or by an endpoint's (ep-…).
  defineProvider({
    id: 'volcengine',
    name: 'Volcengine Ark (Doubao)',
    protocols: ['openai-chat', 'openai-responses'],
    defaultBaseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'images', 'models'),
    quirks: {
      'openai-chat': {
        reasoningWish: 'thinking+effort',
        customTools: false,
        videoParts: true,
      },
    },
    errorCodes: volcengineCodes,
  }),
  // https://platform.minimaxi.com/docs/api-reference/text-openai-api; elsewhere https://api.minimax.io/v1.
  // Over chat completions thoughts stand as <think> inside the text, so Anthropic's face is asked first.
  defineProvider({
    id: 'minimax',
    name: 'MiniMax',
    protocols: ['anthropic-messages', 'openai-chat'],
    defaultBaseUrl: 'https://api.minimaxi.com/v1',
    credentialFields,
    mounts: { 'anthropic-messages': { from: '/v1', to: '/anthropic' } },
    // Pictures and sound are asked for in words of its own.
    paths: only('chat', 'models'),
    quirks: { 'openai-chat': { customTools: false } },
    errorCodes: minimaxCodes,
  }),
  // https://platform.stepfun.com/docs/guide/reasoning; elsewhere https://api.stepfun.ai/v1.
  defineProvider({
    id: 'stepfun',
    name: 'StepFun',
    protocols: ['openai-chat', 'anthropic-messages'],
    defaultBaseUrl: 'https://api.stepfun.com/v1',
    credentialFields,
    paths: only(
      'chat',
      'embeddings',
      'batch-embeddings',
      'images',
      'image-edits',
      'speech',
      'transcriptions',
      'realtime',
      'models',
    ),
    auth: { 'anthropic-messages': 'bearer' },
    quirks: {
      'openai-chat': { reasoningField: 'reasoning', fields: oldLimit, customTools: false, videoParts: true },
    },
  }),
  // https://platform.lingyiwanwu.com/docs
  defineProvider({
    id: 'lingyiwanwu',
    name: '01.AI (Yi)',
    protocols: ['openai-chat'],
    defaultBaseUrl: 'https://api.lingyiwanwu.com/v1',
    credentialFields,
    paths: only('chat', 'embeddings', 'batch-embeddings', 'models'),
    quirks: { 'openai-chat': { fields: oldLimit, customTools: false } },
  }),
];
