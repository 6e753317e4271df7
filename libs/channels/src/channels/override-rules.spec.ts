import { settingsProblems } from './settings-rules';

const refused = (settings: object): string[] => [...settingsProblems(settings)].map(({ path }) => path);
const parameter = (over: object) => ({ parameters: [{ op: 'set', path: 'seed', value: 1, ...over }] });
const prompt = (over: object) => ({ systemPrompt: { text: 'Be brief.', mode: 'prepend', ...over } });

describe('overrides of a channel', () => {
  it.each<object>([
    parameter({}),
    parameter({ path: 'generationConfig.thinkingConfig.thinkingBudget', value: null, models: ['gemini-*', '*'] }),
    parameter({ op: 'delete', value: undefined, operations: ['chat', 'embeddings', 'count-tokens'] }),
    parameter({ path: 'metadata.model' }),
    prompt({}),
    prompt({ mode: 'default', models: ['gpt-5*'] }),
    { paths: { chat: '/custom/v2:chat?x=1', embeddings: '/e/{model}', balance: '/' } },
    { proxy: null },
    ...['http://proxy:3128', 'https://u:p%40ss@proxy.example', 'socks5://10.0.0.1:1080/'].map((proxy) => ({ proxy })),
  ])('may be %j', (settings) => {
    expect(refused(settings)).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['switches metering off', parameter({ path: 'stream_options.include_usage', value: false }), ['0.path']],
    ['switches streaming', parameter({ path: 'stream', value: false }), ['0.path']],
    ['changes the model', parameter({ path: 'model', value: 'dearer' }), ['0.path']],
    ['spells it otherwise', parameter({ path: 'Model' }), ['0.path']],
    ['runs in the background', parameter({ path: 'background' }), ['0.path']],
    ['changes the conversation', parameter({ path: 'messages' }), ['0.path']],
    ['pollutes', parameter({ path: 'a.__proto__.b' }), ['0.path']],
    ['has no path', parameter({ path: '' }), ['0.path']],
    ['is too deep', parameter({ path: 'a.b.c.d.e.f.g.h.i' }), ['0.path']],
    ['has no value', parameter({ value: undefined }), ['0.value']],
    ['has an unknown op', parameter({ op: 'merge' }), ['0.op']],
    ['has an unknown field', parameter({ when: 1 }), ['0.when']],
    ['has no list of models', parameter({ models: 'gpt' }), ['0.models']],
    ['has patterns that are none', parameter({ models: ['a b'] }), ['0.models']],
    ['has unknown operations', parameter({ operations: ['dance'] }), ['0.operations']],
  ])('may have no parameter that %s', (_, settings, paths) => {
    expect(refused(settings)).toEqual(paths.map((path) => `settings.parameters.${path}`));
  });

  it.each<[object, string[]]>([
    [{ parameters: {} }, ['parameters']],
    [{ parameters: Array.from({ length: 101 }, () => ({ op: 'delete', path: 'a' })) }, ['parameters']],
    [{ parameters: [null] }, ['parameters.0']],
    [{ systemPrompt: 'Be brief.' }, ['systemPrompt']],
    [prompt({ text: ' ' }), ['systemPrompt.text']],
    [prompt({ text: 'x'.repeat(40_000) }), ['systemPrompt.text']],
    [prompt({ mode: 'inject' }), ['systemPrompt.mode']],
    [prompt({ model: 'x' }), ['systemPrompt.model']],
    [{ paths: [] }, ['paths']],
    [{ paths: { dance: '/x', chat: 'https://elsewhere.example/' } }, ['paths.dance', 'paths.chat']],
    [{ paths: { chat: '//elsewhere.example/' } }, ['paths.chat']],
    [{ paths: { chat: '/a/../../b' } }, ['paths.chat']],
    [{ paths: { chat: '/a b' } }, ['paths.chat']],
    ...['proxy:3128', 'ftp://proxy', 'http://proxy/path', 'http://user@proxy', 'http://169.254.169.254', 7].map(
      (proxy): [object, string[]] => [{ proxy }, ['proxy']],
    ),
    [{ proxy: 'http://***:***@proxy:3128' }, ['proxy']],
  ])('may not be %j', (settings, paths) => {
    expect(refused(settings)).toEqual(paths.map((path) => `settings.${path}`));
  });
});
