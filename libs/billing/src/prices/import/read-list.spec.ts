import { catalogue } from '../catalogue';
import { exportOf } from './one-api';
import { readList } from './read-list';

const USD = 1_000_000_000;
const read = (list: unknown, vendors?: string[]) => readList(list, vendors && { vendors });
const one = (list: unknown, id: string) => read(list).rows.find((row) => row.id === id);

describe('the list of LiteLLM', () => {
  const litellm = {
    sample_spec: { litellm_provider: 'one of the providers', input_cost_per_token: 0 },
    'gpt-x': {
      litellm_provider: 'openai',
      mode: 'chat',
      max_input_tokens: 400_000,
      input_cost_per_token: 1.5e-7,
      output_cost_per_token: 6e-7,
      cache_read_input_token_cost: 7.5e-8,
      input_cost_per_token_flex: 7.5e-8,
      output_cost_per_token_flex: 3e-7,
      cache_read_input_token_cost_flex: 3.75e-8,
      input_cost_per_token_priority: 3e-7,
      output_cost_per_token_priority: 9e-7,
      search_context_cost_per_query: { search_context_size_low: 0.03, search_context_size_medium: 0.035 },
      file_search_cost_per_1k_calls: 2.5,
      code_interpreter_cost_per_session: 0.03,
      supports_vision: true,
    },
    'gemini/gemini-x': {
      litellm_provider: 'gemini',
      input_cost_per_token: 1.25e-6,
      output_cost_per_token: 1e-5,
      input_cost_per_token_above_200k_tokens: 2.5e-6,
      output_cost_per_token_above_200k_tokens: 1.5e-5,
      output_cost_per_reasoning_token: 1e-5,
      output_cost_per_image_token: 3e-5,
      search_context_cost_per_query: { search_context_size_medium: 0.035 },
    },
    'claude-x': {
      litellm_provider: 'anthropic',
      input_cost_per_token: 3e-6,
      output_cost_per_token: 15e-6,
      cache_creation_input_token_cost: 3.75e-6,
      cache_creation_input_token_cost_above_1hr: 6e-6,
    },
    'dashscope/qwen-x': {
      litellm_provider: 'dashscope',
      tiered_pricing: [
        { range: [0, 32_000], input_cost_per_token: 1e-6, output_cost_per_token: 5e-6 },
        { range: [32_000, 128_000], input_cost_per_token: 1.8e-6, output_cost_per_token: 9e-6 },
      ],
    },
    'whisper-x': {
      litellm_provider: 'openai',
      mode: 'audio_transcription',
      input_cost_per_second: 0.0001,
      output_cost_per_second: 0,
    },
    'dall-e-x': { litellm_provider: 'openai', mode: 'image_generation', input_cost_per_image: 0.02 },
    'hd/1024-x-1792/dall-e-x': { litellm_provider: 'openai', mode: 'image_generation', input_cost_per_image: 0.12 },
    '1024-x-1024/dall-e-x': { litellm_provider: 'openai', mode: 'image_generation', input_cost_per_pixel: 4e-8 },
    'azure/gpt-x': { litellm_provider: 'azure', input_cost_per_token: 9e-7, output_cost_per_token: 9e-7 },
    'without-price': { litellm_provider: 'openai', mode: 'chat' },
    'below-zero': { litellm_provider: 'openai', input_cost_per_token: -1 },
    'in-words': { litellm_provider: 'openai', input_cost_per_token: 'a lot' },
    'name with spaces': { litellm_provider: 'openai', input_cost_per_token: 1e-6 },
    'no-object': 5,
  };

  it('is read in nano-USD for a million, with caches, tiers and tools', () => {
    expect(one(litellm, 'gpt-x')).toEqual({
      id: 'gpt-x',
      owner: 'openai',
      contextWindow: 400_000,
      endpoints: ['chat'],
      price: {
        inputPerMTok: 0.15 * USD,
        outputPerMTok: 0.6 * USD,
        cacheReadPerMTok: 0.075 * USD,
        serviceTiers: {
          flex: { multiplierPpm: 500_000 },
          priority: { inputPerMTok: 0.3 * USD, outputPerMTok: 0.9 * USD },
        },
        tools: { webSearch: 0.035 * USD, fileSearch: 0.0025 * USD, codeExecution: 0.03 * USD },
      },
    });
    expect(one(litellm, 'claude-x')?.price).toMatchObject({
      cacheWritePerMTok: 3.75 * USD,
      cacheWrite1hPerMTok: 6 * USD,
    });
  });

  it('has rates for long inputs, in either way of writing them', () => {
    expect(one(litellm, 'gemini-x')?.price).toMatchObject({
      reasoningPerMTok: 10 * USD,
      imageOutPerMTok: 30 * USD,
      longContext: [{ aboveTokens: 200_000, inputPerMTok: 2.5 * USD, outputPerMTok: 15 * USD }],
      tools: { groundedAnswer: 0.035 * USD },
    });
    expect(one(litellm, 'qwen-x')?.price).toEqual({
      inputPerMTok: USD,
      outputPerMTok: 5 * USD,
      longContext: [{ aboveTokens: 32_000, inputPerMTok: 1.8 * USD, outputPerMTok: 9 * USD }],
    });
  });

  it('has sound by the second and pictures by their size', () => {
    expect(one(litellm, 'whisper-x')).toMatchObject({ price: { perSecond: 100_000 }, endpoints: ['transcriptions'] });
    expect(one(litellm, 'dall-e-x')?.price).toEqual({
      inputPerMTok: 0,
      outputPerMTok: 0,
      perImage: 0.02 * USD,
      media: [
        { size: '1024x1792', quality: 'hd', perImage: 0.12 * USD },
        { size: '1024x1024', perImage: 41_943_040 },
      ],
    });
  });

  it('tells of each row that cannot be taken over, and takes the others', () => {
    const { bad, rows } = read(litellm);
    expect(bad).toEqual([
      { row: 'without-price', reason: 'names no price that can be taken over' },
      { row: 'below-zero', reason: 'input_cost_per_token is -1' },
      { row: 'in-words', reason: 'input_cost_per_token is "a lot"' },
      { row: 'no-object', reason: 'is no object' },
      { row: 'name with spaces', reason: 'is no name a model can have here' },
    ]);
    expect(rows).toHaveLength(6);
  });

  it('prefers a model under its plain name, and otherwise whom it was asked for first', () => {
    expect(one(litellm, 'gpt-x')?.owner).toBe('openai');
    expect(read(litellm).shadowed).toBe(1);
    expect(read(litellm, ['azure']).rows.map(({ id, owner }) => [id, owner])).toEqual([['gpt-x', 'azure']]);
    expect(read(litellm, ['azure', 'openai']).rows.find(({ id }) => id === 'gpt-x')?.owner).toBe('azure');
    expect(read(litellm).vendors).toContain('dashscope');
  });
});

describe('the list of models.dev', () => {
  const list = {
    xai: {
      id: 'xai',
      models: {
        'grok-x': {
          limit: { context: 500_000 },
          cost: { input: 2, output: 6, cache_read: 0.5, input_audio: 9, context_over_200k: { input: 4, output: 12 } },
        },
      },
    },
    reseller: { models: { 'grok-x': { cost: { input: 1, output: 1 } } } },
    openai: {
      models: {
        'gpt-x': {
          cost: { input: 1.1, output: 2, tiers: [{ input: 2.2, output: 3, tier: { type: 'context', size: 272_000 } }] },
        },
        'free-of-words': {},
      },
    },
    broken: 7,
  };

  it('is read by vendor, makers only unless others are asked for', () => {
    expect(one(list, 'grok-x')).toEqual({
      id: 'grok-x',
      owner: 'xai',
      contextWindow: 500_000,
      price: {
        inputPerMTok: 2 * USD,
        outputPerMTok: 6 * USD,
        cacheReadPerMTok: 0.5 * USD,
        audioInPerMTok: 9 * USD,
        longContext: [{ aboveTokens: 200_000, inputPerMTok: 4 * USD, outputPerMTok: 12 * USD }],
      },
    });
    expect(one(list, 'gpt-x')?.price).toMatchObject({
      inputPerMTok: 1.1 * USD,
      longContext: [{ aboveTokens: 271_999 }],
    });
    expect(read(list, ['reseller']).rows).toMatchObject([{ owner: 'reseller' }]);
    expect(read(list).vendors).toContain('reseller');
    expect(read(list).bad).toEqual([
      { row: 'openai/free-of-words', reason: 'names no price' },
      { row: 'broken', reason: 'is no provider with models' },
    ]);
  });
});

describe('a list of ratios', () => {
  const list = {
    success: true,
    data: [
      {
        model_name: 'gpt-x',
        quota_type: 0,
        model_ratio: 1.25,
        completion_ratio: 4,
        model_price: 0,
      },
      { model_name: 'one-price', quota_type: 1, model_ratio: 0, model_price: 0.04 },
      { model_name: 'no-ratio', quota_type: 0 },
      { quota_type: 0 },
    ],
    group_ratio: { default: 1 },
  };

  it('is read in USD: a ratio of 1 is $2 for a million', () => {
    expect(read(list)).toMatchObject({
      format: 'ratios',
      rows: [
        { id: 'gpt-x', owner: null, price: { inputPerMTok: 2.5 * USD, outputPerMTok: 10 * USD } },
        { id: 'one-price', price: { inputPerMTok: 0, outputPerMTok: 0, perRequest: 0.04 * USD } },
      ],
      bad: [
        { row: 'no-ratio', reason: 'has no model_ratio' },
        { row: 'data[3]', reason: 'has no model_name' },
      ],
    });
  });
});

describe('our own list', () => {
  it('comes back as it went, whatever the prices say', () => {
    const list: unknown = JSON.parse(JSON.stringify(exportOf(catalogue, 0)));
    const { format, rows, bad } = read(list);
    expect([format, bad]).toEqual(['one-api', []]);
    expect(rows).toEqual(
      catalogue.map(({ id, owner, price, contextWindow, endpoints }) => ({
        id,
        owner,
        price,
        contextWindow,
        endpoints,
      })),
    );
  });

  it('is also what another One API lists, and its rows are looked at', () => {
    const items = [
      { id: 'a', prices: { inputPerMTok: 1 }, origin: 'operator' },
      { id: 'b', prices: { inputPerMTok: -1 } },
      { prices: { inputPerMTok: 1 } },
    ];
    expect(read({ items })).toMatchObject({
      format: 'one-api',
      rows: [{ id: 'a', price: { inputPerMTok: USD, outputPerMTok: 0 } }],
      bad: [
        { row: 'b', reason: 'prices.inputPerMTok must be an amount of USD from 0 to 1000000' },
        { row: 'models[2]', reason: 'has no id' },
      ],
    });
  });
});

it.each([
  null,
  5,
  'x',
  [],
  {},
  { data: [] },
  { data: [{}] },
  { items: [{}] },
  { a: { b: 1 } },
  { format: 'one-api.prices' },
])('%j is no price list', (list) => {
  expect(() => read(list)).toThrow('no price list of a known format');
});
