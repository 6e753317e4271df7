import { DomainError } from '@app/core';
import { checkDestination } from './destination';
import type { KeyInput } from './channel-input';

const at = (
  baseUrl: string | null,
  proxy: string | null = null,
  provider = 'openai',
  settings: { readonly tokenUrl?: string } = {},
) => ({ provider, baseUrl, proxy, settings });
const asking = (tokenUrl: string) => ({ ...home, settings: { tokenUrl } });
const home = at('https://a.example/v1');

interface Move {
  readonly from?: ReturnType<typeof at>;
  readonly to: ReturnType<typeof at>;
  readonly keys?: readonly KeyInput[];
  readonly storedKeys?: number;
}

const moving =
  ({ from = home, to, keys, storedKeys = 1 }: Move) =>
  () =>
    checkDestination({ from, to, keys, storedKeys });

describe('stored keys', () => {
  it.each<[string, Move]>([
    ['another host', { to: at('https://b.example/v1') }],
    ['another port', { to: at('https://a.example:8443/v1') }],
    ['without TLS', { to: at('http://a.example/v1') }],
    ["the provider's own host", { to: at(null) }],
    ['another provider', { from: at(null), to: at(null, null, 'deepseek') }],
    ['a proxy', { to: { ...home, proxy: 'http://spy' } }],
    ['another proxy', { from: { ...home, proxy: 'http://one' }, to: { ...home, proxy: 'http://two' } }],
    ['another place that gives tokens', { to: asking('https://spy.example/token') }],
    [
      'a new place that gives tokens',
      { from: asking('https://a.example/token'), to: asking('https://a.example/other') },
    ],
    ['another host, kept by id', { to: at('https://b.example/v1'), keys: ['new', { id: 'old' }] }],
  ])('do not follow to %s', (_, move) => {
    expect(moving(move)).toThrow(DomainError);
    expect(moving(move)).toThrow(/^keys: must be entered again/);
  });

  it.each<[string, Move]>([
    ['another path', { to: at('https://a.example/v2') }],
    ['the same address', { to: home }],
    ['no proxy', { from: { ...home, proxy: 'http://one' }, to: home }],
    ["the provider's own address, written out", { from: at(null), to: at('https://api.openai.com/v1') }],
    ['the same place that gives tokens', { from: asking('https://t.example'), to: asking('https://t.example') }],
    ["the key's own place that gives tokens", { from: asking('https://t.example'), to: home }],
    ['another host when all are entered again', { to: at('https://b.example/v1'), keys: ['again'] }],
    ['another host when there are none', { to: at('https://b.example/v1'), storedKeys: 0 }],
  ])('stay with %s', (_, move) => {
    expect(moving(move)).not.toThrow();
  });
});
