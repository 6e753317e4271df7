import { DomainError, type FieldError } from '@app/core';
import { checkChannel, checkKeyCount, type ChannelDraft } from './channel-rules';
import { isModelName } from './model-name';

const draft = (over: object = {}): ChannelDraft => ({
  name: 'main',
  provider: 'openai',
  baseUrl: null,
  protocols: null,
  models: ['gpt-5'],
  modelMapping: {},
  groups: ['default'],
  tags: [],
  settings: {},
  priority: 0,
  weight: 1,
  ...over,
});

function refusedFields(over: object): string[] {
  try {
    checkChannel(draft(over));
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return ((error as DomainError).extra.errors as FieldError[]).map(({ path }) => path);
  }
  return [];
}

describe('what a channel may be', () => {
  it.each<[string, object, string[]]>([
    ['a known provider', { provider: 'nobody' }, ['provider']],
    ['a base URL where the provider has none', { provider: 'openai-compatible' }, ['baseUrl']],
    ['an http URL', { baseUrl: 'ftp://x' }, ['baseUrl']],
    ['at least one protocol', { protocols: [] }, ['protocols']],
    ['known protocols', { protocols: ['openai-chat', 'smtp'] }, ['protocols.1']],
    ["no other provider's protocol", { protocols: ['bedrock-converse'] }, ['protocols.0']],
    ['a region', { settings: { region: '//evil' } }, ['settings.region']],
    ['a project', { settings: { project: '../x' } }, ['settings.project']],
    ['a token URL', { settings: { tokenUrl: 'http://169.254.169.254/token' } }, ['settings.tokenUrl']],
    ['model names', { models: ['ok', 'no spaces', 'no\u0000control'] }, ['models.1', 'models.2']],
    ['bounded models', { models: Array.from({ length: 5001 }, (_, n) => `m${n}`) }, ['models']],
    ['mapped names', { modelMapping: { 'a b': 'c' } }, ['modelMapping']],
    ['names to map to', { modelMapping: { a: '../../secret' } }, ['modelMapping.a']],
    ['at least one group', { groups: [] }, ['groups']],
    ['short labels', { tags: ['x'.repeat(65), ''], groups: ['a"b'] }, ['groups.0', 'tags.0', 'tags.1']],
    ['whole numbers', { priority: 0.5, weight: -1 }, ['priority', 'weight']],
    ['known settings', { settings: { proxies: 'http://p' } }, ['settings.proxies']],
    ['settings as an object', { settings: [] }, ['settings']],
    ['small settings', { settings: { apiVersion: 'x'.repeat(70_000) } }, ['settings', 'settings.apiVersion']],
    [
      'headers that are ours to set',
      { settings: { headers: { Authorization: 'x', Host: 'y' } } },
      ['settings.headers.Authorization', 'settings.headers.Host'],
    ],
    ['headers without line ends', { settings: { headers: { 'x-a': 'b\r\nx: y' } } }, ['settings.headers.x-a']],
    ['header names', { settings: { headers: { 'a b': 'c' } } }, ['settings.headers.a b']],
  ])('needs %s', (_, over, paths) => {
    expect(refusedFields(over)).toEqual(paths);
  });

  it('is stored without duplicates, with lower-case headers and a normal base URL', () => {
    const checked = checkChannel(
      draft({
        models: ['a', 'b', 'a'],
        groups: ['vip', 'vip'],
        baseUrl: 'https://HOST/v1/',
        settings: { headers: { 'X-Team': 'a' } },
      }),
    );
    expect(checked).toMatchObject({
      models: ['a', 'b'],
      groups: ['vip'],
      baseUrl: 'https://host/v1',
      settings: { headers: { 'x-team': 'a' } },
    });
  });

  it.each(['gpt-4o', 'anthropic/claude-sonnet-4.5:beta', '@cf/meta/llama-3', 'qwen2.5_7b+tools', 'a..b'])(
    'allows %s',
    (name) => {
      expect(isModelName(name)).toBe(true);
    },
  );

  it.each(['', 'a*', 'a?b', 'a#b', 'ü', 'a\nb', '..', 'a/../b', './a', 'x'.repeat(201), 7])(
    'refuses the name %j',
    (name) => {
      expect(isModelName(name)).toBe(false);
    },
  );

  it('needs a key unless the provider works without', () => {
    expect(() => checkKeyCount('openai', 0)).toThrow(/at least one key for OpenAI/);
    expect(() => checkKeyCount('openai', 1001)).toThrow(/at most 1000/);
    expect(() => checkKeyCount('ollama', 0)).not.toThrow();
  });
});
