import type { Operation, RequestSettings, UpstreamProtocol } from './protocol';
import { balanceRequest, balanceUsd } from './balance';
import { modelsRequest, readModelsPage } from './models-list';
import { quirksOf } from './quirks';
import { findProvider, providers } from './registry';
import { offers } from './request';
import { worksWithoutKey } from './provider';

const provider = (id: string) => findProvider(id)!;

interface Call {
  readonly id: string;
  readonly baseUrl?: string;
  readonly protocol: UpstreamProtocol;
  readonly operation?: Operation;
  readonly model?: string;
  readonly stream?: boolean;
  readonly settings?: RequestSettings;
}

const address = ({ id, baseUrl, operation = 'chat', ...call }: Call) =>
  provider(id).request({ baseUrl: baseUrl ?? provider(id).defaultBaseUrl!, credential: 'k', operation, ...call });

describe('where a call goes', () => {
  it.each<[Call, string]>([
    [{ id: 'openai', protocol: 'openai-chat' }, 'https://api.openai.com/v1/chat/completions'],
    [{ id: 'openai', protocol: 'openai-responses' }, 'https://api.openai.com/v1/responses'],
    [{ id: 'openai', protocol: 'openai-chat', operation: 'embeddings' }, 'https://api.openai.com/v1/embeddings'],
    [{ id: 'openai', protocol: 'openai-chat', operation: 'image-edits' }, 'https://api.openai.com/v1/images/edits'],
    [
      { id: 'openai', protocol: 'openai-chat', operation: 'image-variations' },
      'https://api.openai.com/v1/images/variations',
    ],
    [{ id: 'openai', protocol: 'openai-chat', operation: 'speech' }, 'https://api.openai.com/v1/audio/speech'],
    [
      { id: 'groq', protocol: 'openai-chat', operation: 'transcriptions' },
      'https://api.groq.com/openai/v1/audio/transcriptions',
    ],
    [
      { id: 'azure-openai', baseUrl: 'https://r.openai.azure.com', protocol: 'openai-chat', operation: 'translations' },
      'https://r.openai.azure.com/openai/v1/audio/translations',
    ],
    [
      {
        id: 'azure-openai',
        baseUrl: 'https://r.openai.azure.com',
        protocol: 'openai-chat',
        operation: 'image-edits',
        model: 'draw',
        settings: { apiVersion: '2025-04-01-preview' },
      },
      'https://r.openai.azure.com/openai/deployments/draw/images/edits?api-version=2025-04-01-preview',
    ],
    [{ id: 'openai', baseUrl: 'http://h:1/v1///', protocol: 'openai-chat' }, 'http://h:1/v1/chat/completions'],
    [{ id: 'openai-compatible', baseUrl: 'http://h/api', protocol: 'openai-chat' }, 'http://h/api/chat/completions'],
    [{ id: 'anthropic', protocol: 'anthropic-messages' }, 'https://api.anthropic.com/v1/messages'],
    [{ id: 'anthropic', baseUrl: 'http://h/v1', protocol: 'anthropic-messages' }, 'http://h/v1/messages'],
    [{ id: 'anthropic', baseUrl: 'http://h/proxy', protocol: 'anthropic-messages' }, 'http://h/proxy/v1/messages'],
    [{ id: 'anthropic', protocol: 'openai-chat' }, 'https://api.anthropic.com/v1/chat/completions'],
    [
      { id: 'anthropic', protocol: 'anthropic-messages', operation: 'count-tokens' },
      'https://api.anthropic.com/v1/messages/count_tokens',
    ],
    [
      { id: 'gemini', protocol: 'gemini', model: 'gemini-2.5-pro' },
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent',
    ],
    [
      { id: 'gemini', protocol: 'gemini', model: 'gemini-2.5-pro', stream: true },
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    ],
    [
      { id: 'gemini', baseUrl: 'http://h/v1beta/', protocol: 'gemini', model: 'tunedModels/a b' },
      'http://h/v1beta/tunedModels/a%20b:generateContent',
    ],
    [
      { id: 'gemini', protocol: 'openai-chat' },
      'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions',
    ],
    [
      { id: 'azure-openai', baseUrl: 'https://r.openai.azure.com', protocol: 'openai-chat' },
      'https://r.openai.azure.com/openai/v1/chat/completions',
    ],
    [
      { id: 'azure-openai', baseUrl: 'https://r.openai.azure.com/openai/v1/', protocol: 'openai-responses' },
      'https://r.openai.azure.com/openai/v1/responses',
    ],
    [
      {
        id: 'azure-openai',
        baseUrl: 'https://r.openai.azure.com/',
        protocol: 'openai-chat',
        model: 'my gpt',
        settings: { apiVersion: '2024-10-21' },
      },
      'https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21',
    ],
    [{ id: 'deepseek', protocol: 'openai-chat' }, 'https://api.deepseek.com/chat/completions'],
    [{ id: 'deepseek', protocol: 'anthropic-messages' }, 'https://api.deepseek.com/anthropic/v1/messages'],
    [
      { id: 'deepseek', baseUrl: 'https://api.deepseek.com/v1', protocol: 'anthropic-messages' },
      'https://api.deepseek.com/anthropic/v1/messages',
    ],
    [
      { id: 'deepseek', baseUrl: 'https://api.deepseek.com/anthropic', protocol: 'anthropic-messages' },
      'https://api.deepseek.com/anthropic/v1/messages',
    ],
    [{ id: 'moonshot', protocol: 'anthropic-messages' }, 'https://api.moonshot.cn/anthropic/v1/messages'],
    [{ id: 'zhipu', protocol: 'openai-chat' }, 'https://open.bigmodel.cn/api/paas/v4/chat/completions'],
    [{ id: 'zhipu', protocol: 'anthropic-messages' }, 'https://open.bigmodel.cn/api/anthropic/v1/messages'],
    [{ id: 'dashscope', protocol: 'anthropic-messages' }, 'https://dashscope.aliyuncs.com/apps/anthropic/v1/messages'],
    [{ id: 'openrouter', protocol: 'anthropic-messages' }, 'https://openrouter.ai/api/v1/messages'],
    [{ id: 'groq', protocol: 'openai-responses' }, 'https://api.groq.com/openai/v1/responses'],
    [{ id: 'ollama', protocol: 'openai-chat' }, 'http://127.0.0.1:11434/v1/chat/completions'],
    [{ id: 'simulator', protocol: 'openai-chat' }, 'http://127.0.0.1:8790/v1/chat/completions'],
    [{ id: 'simulator', baseUrl: 'http://h:1', protocol: 'openai-chat' }, 'http://h:1/v1/chat/completions'],
    [{ id: 'simulator', protocol: 'anthropic-messages' }, 'http://127.0.0.1:8790/v1/messages'],
    [{ id: 'simulator', protocol: 'gemini', model: 'sim' }, 'http://127.0.0.1:8790/v1beta/models/sim:generateContent'],
  ])('%j', (call, url) => {
    expect(address(call)).toMatchObject({ method: 'POST', url });
  });

  it('refuses an operation the protocol does not have', () => {
    expect(() => address({ id: 'anthropic', protocol: 'anthropic-messages', operation: 'embeddings' })).toThrow(
      RangeError,
    );
  });
});

describe('how a credential travels', () => {
  it.each<[string, UpstreamProtocol, Record<string, string>]>([
    ['openai', 'openai-chat', { authorization: 'Bearer k' }],
    ['anthropic', 'anthropic-messages', { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }],
    ['gemini', 'gemini', { 'x-goog-api-key': 'k' }],
    ['gemini', 'openai-chat', { authorization: 'Bearer k' }],
    ['azure-openai', 'openai-chat', { 'api-key': 'k' }],
    ['moonshot', 'anthropic-messages', { authorization: 'Bearer k', 'anthropic-version': '2023-06-01' }],
  ])('%s over %s', (id, protocol, headers) => {
    const baseUrl = 'https://h';
    expect(address({ id, baseUrl, protocol }).headers).toEqual({ 'content-type': 'application/json', ...headers });
  });

  it('sends no credential header where there is no credential', () => {
    const { headers } = provider('ollama').request({
      protocol: 'openai-chat',
      operation: 'chat',
      baseUrl: 'http://h/v1',
      credential: '',
    });
    expect(headers).toEqual({ 'content-type': 'application/json' });
  });

  it("lets the channel's own headers win", () => {
    const settings = { headers: { 'anthropic-version': '2099-01-01', 'x-team': 'a' } };
    const { headers } = address({ id: 'anthropic', protocol: 'anthropic-messages', settings });
    expect(headers).toMatchObject({ 'anthropic-version': '2099-01-01', 'x-team': 'a', 'x-api-key': 'k' });
  });
});

describe('models list', () => {
  const request = (id: string, protocol: UpstreamProtocol, cursor?: string) =>
    modelsRequest(
      provider(id),
      { protocol, baseUrl: provider(id).defaultBaseUrl ?? 'https://h', credential: 'k' },
      cursor,
    );

  it('is a GET where the protocol keeps it', () => {
    expect(request('openai', 'openai-chat')).toEqual({
      method: 'GET',
      url: 'https://api.openai.com/v1/models',
      headers: { authorization: 'Bearer k' },
    });
    expect(request('anthropic', 'anthropic-messages')!.url).toBe('https://api.anthropic.com/v1/models?limit=1000');
    expect(request('gemini', 'gemini')!.url).toBe(
      'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000',
    );
  });

  it('asks for the next page in the protocol’s own way', () => {
    expect(request('anthropic', 'anthropic-messages', 'm&1')!.url).toMatch(/\?limit=1000&after_id=m%261$/);
    expect(request('gemini', 'gemini', 't')!.url).toMatch(/&pageToken=t$/);
  });

  it.each<[string, UpstreamProtocol, unknown, string[], string | null]>([
    ['OpenAI', 'openai-chat', { data: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] }, ['a', 'b'], null],
    ['a bare array', 'openai-chat', [{ id: 'a' }, 'b', 7], ['a', 'b'], null],
    ['names', 'openai-chat', { models: [{ name: 'llama3' }] }, ['llama3'], null],
    ['Anthropic', 'anthropic-messages', { data: [{ id: 'c' }], has_more: true, last_id: 'c' }, ['c'], 'c'],
    [
      'Anthropic’s last page',
      'anthropic-messages',
      { data: [{ id: 'c' }], has_more: false, last_id: 'c' },
      ['c'],
      null,
    ],
    ['Gemini', 'gemini', { models: [{ name: 'models/g' }], nextPageToken: 'n' }, ['g'], 'n'],
    ['an HTML page', 'openai-chat', '<html>', [], null],
    ['null', 'gemini', null, [], null],
  ])('reads %s', (_, protocol, body, models, next) => {
    expect(readModelsPage({}, protocol, body)).toEqual({ models, next });
  });
});

describe('balance', () => {
  it('is asked only of vendors that publish it', () => {
    const ask = (id: string) =>
      balanceRequest(provider(id), { baseUrl: provider(id).defaultBaseUrl!, credential: 'k' });
    expect(ask('deepseek')).toMatchObject({ method: 'GET', url: 'https://api.deepseek.com/user/balance' });
    expect(ask('openrouter')!.url).toBe('https://openrouter.ai/api/v1/credits');
    expect(ask('openai')).toBeNull();
    expect(ask('ollama')).toBeNull();
  });

  it.each<[string, unknown, number | null]>([
    ['openrouter', { data: { total_credits: 100.5, total_usage: 25.75 } }, 74.75],
    [
      'deepseek',
      {
        balance_infos: [
          { currency: 'CNY', total_balance: '7' },
          { currency: 'USD', total_balance: '1.5' },
        ],
      },
      1.5,
    ],
    ['deepseek', { balance_infos: [{ currency: 'CNY', total_balance: '7' }] }, null],
    ['siliconflow', { data: { totalBalance: '88.88' } }, null],
    ['openrouter', { data: { total_credits: 'much' } }, null],
    ['deepseek', 'OK', null],
    ['openai', { total: 3 }, null],
  ])('%s answers %j', (id, body, usd) => {
    expect(balanceUsd(provider(id), body)).toBe(usd);
  });
});

describe('the registry', () => {
  it('has no id twice and every record can be asked for a generation over each of its protocols', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
    for (const { id, protocols, defaultBaseUrl } of providers) {
      for (const protocol of protocols) {
        const operation = offers(provider(id), protocol, 'chat') ? 'chat' : 'embeddings';
        const { url } = address({ id, protocol, operation, baseUrl: defaultBaseUrl ?? 'https://h', model: 'm' });
        expect(new URL(url).pathname).not.toMatch(/\/\/|\/v1\/v1/);
      }
    }
  });

  it('knows which servers need no key', () => {
    const keyless = providers.filter(worksWithoutKey).map(({ id }) => id);
    expect(keyless).toEqual(['ollama', 'vllm', 'sglang', 'xinference', 'lm-studio', 'openai-compatible', 'simulator']);
  });

  it('lays a provider’s quirks over its protocol’s', () => {
    expect(quirksOf(provider('mistral'), 'openai-chat')).toMatchObject({
      acceptsUsageOption: false,
      cachedInsidePrompt: true,
    });
    expect(quirksOf(provider('deepseek'), 'anthropic-messages').cachedInsidePrompt).toBe(false);
    expect(quirksOf(provider('xai'), 'openai-chat').reasoningInsideCompletion).toBe(false);
    expect(quirksOf(provider('xai'), 'openai-responses').reasoningInsideCompletion).toBe(true);
  });
});
