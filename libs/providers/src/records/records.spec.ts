import type { UpstreamProtocol } from '../protocol';
import { findProvider, providers } from '../registry';
import { offers } from '../request';

const bearer = ['authorization', 'Bearer k'] as const;
const anthropic = ['x-api-key', 'k'] as const;
const google = ['x-goog-api-key', 'k'] as const;
const azure = ['api-key', 'k'] as const;

type Row = readonly [
  id: string,
  UpstreamProtocol,
  url: string,
  /** Null: the credential is put to the call when it is ready. */
  header: readonly [string, string] | null,
  baseUrl?: string,
];

/** Where each record asks for an answer of model `m`, and how its key travels. The last column where only the operator knows. */
const rows: readonly Row[] = [
  ['openai', 'openai-chat', 'https://api.openai.com/v1/chat/completions', bearer],
  ['openai', 'openai-responses', 'https://api.openai.com/v1/responses', bearer],
  ['anthropic', 'anthropic-messages', 'https://api.anthropic.com/v1/messages', anthropic],
  ['gemini', 'gemini', 'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent', google],
  [
    'azure-openai',
    'openai-chat',
    'https://r.openai.azure.com/openai/v1/chat/completions',
    azure,
    'https://r.openai.azure.com',
  ],
  [
    'azure-openai',
    'openai-responses',
    'https://r.openai.azure.com/openai/v1/responses',
    azure,
    'https://r.openai.azure.com',
  ],
  ['vertex-ai', 'gemini', 'https://aiplatform.googleapis.com/v1/publishers/google/models/m:generateContent', null],
  [
    'vertex-ai',
    'anthropic-messages',
    'https://aiplatform.googleapis.com/v1/publishers/anthropic/models/m:rawPredict',
    null,
  ],
  ['vertex-ai', 'openai-chat', 'https://aiplatform.googleapis.com/v1/endpoints/openapi/chat/completions', null],
  ['bedrock', 'anthropic-messages', 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke', null],
  ['bedrock', 'bedrock-converse', 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse', null],
  ['deepseek', 'openai-chat', 'https://api.deepseek.com/chat/completions', bearer],
  ['deepseek', 'anthropic-messages', 'https://api.deepseek.com/anthropic/v1/messages', anthropic],
  ['openrouter', 'openai-chat', 'https://openrouter.ai/api/v1/chat/completions', bearer],
  ['openrouter', 'openai-responses', 'https://openrouter.ai/api/v1/responses', bearer],
  ['openrouter', 'anthropic-messages', 'https://openrouter.ai/api/v1/messages', bearer],
  ['groq', 'openai-chat', 'https://api.groq.com/openai/v1/chat/completions', bearer],
  ['groq', 'openai-responses', 'https://api.groq.com/openai/v1/responses', bearer],
  ['mistral', 'openai-chat', 'https://api.mistral.ai/v1/chat/completions', bearer],
  ['xai', 'openai-chat', 'https://api.x.ai/v1/chat/completions', bearer],
  ['xai', 'openai-responses', 'https://api.x.ai/v1/responses', bearer],
  ['moonshot', 'openai-chat', 'https://api.moonshot.cn/v1/chat/completions', bearer],
  ['moonshot', 'anthropic-messages', 'https://api.moonshot.cn/anthropic/v1/messages', bearer],
  ['zhipu', 'openai-chat', 'https://open.bigmodel.cn/api/paas/v4/chat/completions', bearer],
  ['zhipu', 'anthropic-messages', 'https://open.bigmodel.cn/api/anthropic/v1/messages', bearer],
  ['dashscope', 'openai-chat', 'https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions', bearer],
  ['dashscope', 'anthropic-messages', 'https://dashscope.aliyuncs.com/apps/anthropic/v1/messages', anthropic],
  ['siliconflow', 'openai-chat', 'https://api.siliconflow.cn/v1/chat/completions', bearer],
  ['siliconflow', 'anthropic-messages', 'https://api.siliconflow.cn/v1/messages', bearer],
  ['qianfan', 'openai-chat', 'https://qianfan.baidubce.com/v2/chat/completions', bearer],
  ['hunyuan', 'openai-chat', 'https://api.hunyuan.cloud.tencent.com/v1/chat/completions', bearer],
  ['volcengine', 'openai-chat', 'https://ark.cn-beijing.volces.com/api/v3/chat/completions', bearer],
  ['volcengine', 'openai-responses', 'https://ark.cn-beijing.volces.com/api/v3/responses', bearer],
  ['minimax', 'anthropic-messages', 'https://api.minimaxi.com/anthropic/v1/messages', anthropic],
  ['minimax', 'openai-chat', 'https://api.minimaxi.com/v1/chat/completions', bearer],
  ['stepfun', 'openai-chat', 'https://api.stepfun.com/v1/chat/completions', bearer],
  ['stepfun', 'anthropic-messages', 'https://api.stepfun.com/v1/messages', bearer],
  ['lingyiwanwu', 'openai-chat', 'https://api.lingyiwanwu.com/v1/chat/completions', bearer],
  ['together', 'openai-chat', 'https://api.together.ai/v1/chat/completions', bearer],
  ['fireworks', 'openai-chat', 'https://api.fireworks.ai/inference/v1/chat/completions', bearer],
  ['fireworks', 'openai-responses', 'https://api.fireworks.ai/inference/v1/responses', bearer],
  ['fireworks', 'anthropic-messages', 'https://api.fireworks.ai/inference/v1/messages', bearer],
  ['perplexity', 'openai-responses', 'https://api.perplexity.ai/v1/responses', bearer],
  ['cerebras', 'openai-chat', 'https://api.cerebras.ai/v1/chat/completions', bearer],
  ['huggingface', 'openai-chat', 'https://router.huggingface.co/v1/chat/completions', bearer],
  ['huggingface', 'openai-responses', 'https://router.huggingface.co/v1/responses', bearer],
  ['nvidia', 'openai-chat', 'https://integrate.api.nvidia.com/v1/chat/completions', bearer],
  [
    'cloudflare',
    'openai-chat',
    'https://api.cloudflare.com/client/v4/accounts/a/ai/v1/chat/completions',
    bearer,
    'https://api.cloudflare.com/client/v4/accounts/a/ai/v1',
  ],
  ['cohere', 'cohere-chat', 'https://api.cohere.ai/v2/chat', bearer],
  ['cohere', 'openai-chat', 'https://api.cohere.ai/compatibility/v1/chat/completions', bearer],
  ['dify', 'dify', 'https://api.dify.ai/v1/chat-messages', bearer],
  ['coze', 'coze', 'https://api.coze.com/v3/chat', bearer],
  ['replicate', 'replicate', 'https://api.replicate.com/v1/models/m/predictions', bearer],
  ['ollama', 'openai-chat', 'http://127.0.0.1:11434/v1/chat/completions', bearer],
  ['ollama', 'anthropic-messages', 'http://127.0.0.1:11434/v1/messages', anthropic],
  ['vllm', 'openai-chat', 'http://127.0.0.1:8000/v1/chat/completions', bearer],
  ['vllm', 'openai-responses', 'http://127.0.0.1:8000/v1/responses', bearer],
  ['vllm', 'anthropic-messages', 'http://127.0.0.1:8000/v1/messages', bearer],
  ['sglang', 'openai-chat', 'http://127.0.0.1:30000/v1/chat/completions', bearer],
  ['sglang', 'anthropic-messages', 'http://127.0.0.1:30000/v1/messages', bearer],
  ['xinference', 'openai-chat', 'http://127.0.0.1:9997/v1/chat/completions', bearer],
  ['lm-studio', 'openai-chat', 'http://127.0.0.1:1234/v1/chat/completions', bearer],
  ['lm-studio', 'openai-responses', 'http://127.0.0.1:1234/v1/responses', bearer],
  ['lm-studio', 'anthropic-messages', 'http://127.0.0.1:1234/v1/messages', anthropic],
  ['one-api', 'openai-chat', 'https://one.test/v1/chat/completions', bearer, 'https://one.test'],
  ['one-api', 'openai-responses', 'https://one.test/v1/responses', bearer, 'https://one.test/v1'],
  ['one-api', 'anthropic-messages', 'https://one.test/v1/messages', anthropic, 'https://one.test/v1'],
  ['one-api', 'gemini', 'https://one.test/v1beta/models/m:generateContent', google, 'https://one.test/v1'],
  ['openai-compatible', 'openai-chat', 'https://h.test/v1/chat/completions', bearer, 'https://h.test/v1'],
  ['simulator', 'openai-chat', 'http://127.0.0.1:8790/v1/chat/completions', bearer],
  ['simulator', 'anthropic-messages', 'http://127.0.0.1:8790/v1/messages', anthropic],
  ['simulator', 'gemini', 'http://127.0.0.1:8790/v1beta/models/m:generateContent', google],
];

describe('every record', () => {
  const calls = rows.map(([id, protocol, url, header, given]) => ({ id, protocol, url, header, given }));

  it.each(calls)('$id is asked over $protocol at $url', ({ id, protocol, url, header, given }) => {
    const provider = findProvider(id)!;
    const baseUrl = given ?? provider.defaultBaseUrl!;
    const address = provider.request({ protocol, operation: 'chat', baseUrl, credential: 'k', model: 'm' });
    expect(address).toMatchObject({ method: 'POST', url, headers: header ? { [header[0]]: header[1] } : {} });
    const keys = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'].filter((key) => key in address.headers);
    expect(keys).toEqual(header ? [header[0]] : []);
  });

  it.each([
    ['jina', 'embeddings', 'https://api.jina.ai/v1/embeddings'],
    ['jina', 'rerank', 'https://api.jina.ai/v1/rerank'],
    ['voyage', 'embeddings', 'https://api.voyageai.com/v1/embeddings'],
    ['voyage', 'rerank', 'https://api.voyageai.com/v1/rerank'],
    ['cohere', 'embeddings', 'https://api.cohere.ai/compatibility/v1/embeddings'],
    ['cohere', 'rerank', 'https://api.cohere.ai/v2/rerank'],
  ] as const)('%s is asked for %s at %s', (id, operation, url) => {
    const provider = findProvider(id)!;
    const target = { protocol: 'openai-chat', operation, baseUrl: provider.defaultBaseUrl!, credential: 'k' } as const;
    expect(provider.request(target)).toMatchObject({ method: 'POST', url });
  });

  it.each(['jina', 'voyage'])('%s offers nothing but retrieval', (id) => {
    const provider = findProvider(id)!;
    const offered = (['chat', 'completions', 'embeddings', 'rerank', 'images', 'speech', 'realtime'] as const).filter(
      (operation) => offers(provider, 'openai-chat', operation),
    );
    expect(offered).toEqual(['embeddings', 'rerank']);
  });

  it('has its rows, in the order its protocols are preferred', () => {
    const registered = providers.flatMap((provider) =>
      provider.protocols
        .filter((protocol) => offers(provider, protocol, 'chat'))
        .map((protocol) => `${provider.id} ${protocol}`),
    );
    expect(rows.map(([id, protocol]) => `${id} ${protocol}`)).toEqual(registered);
  });

  it('has an id and a name of its own', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
    expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
    for (const { id } of providers) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('sends a key over the open network only encrypted', () => {
    const urls = providers.map(({ defaultBaseUrl }) => defaultBaseUrl).filter((url) => url !== null);
    for (const url of urls) expect(url).toMatch(/^(https:\/\/|http:\/\/127\.0\.0\.1:)/);
  });
});
