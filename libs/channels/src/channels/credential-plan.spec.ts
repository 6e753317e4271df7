import { randomBytes } from 'node:crypto';
import { DomainError } from '@app/core';
import { SecretBox } from '@app/platform/secrets';
import { credentialContext, type ChannelCredentialEntity } from './channel-credential.entity';
import { planCredentials } from './credential-plan';
import type { KeyInput } from './channel-input';

const secrets = new SecretBox([randomBytes(32)]);
const plan = (wanted: readonly KeyInput[], current: readonly ChannelCredentialEntity[] = []) =>
  planCredentials(secrets, { channelId: 'c', current, wanted, now: 1, of: { provider: 'openai', settings: {} } });
const secretOf = (row: ChannelCredentialEntity): string => secrets.open(row.sealedSecret, credentialContext(row.id));
const stored = (...keys: string[]) => [...plan(keys).insert];

describe('the keys of a channel', () => {
  it('are sealed for their own row, previewed and numbered', () => {
    const [first, second] = plan(['sk-aaaaaaaaaaaaaaaaaaaaaaaa', ' sk-bbbbbbbbbbbbbbbbbbbbbbbb\n']).insert;
    expect(secretOf(first!)).toBe('sk-aaaaaaaaaaaaaaaaaaaaaaaa');
    expect(secretOf(second!)).toBe('sk-bbbbbbbbbbbbbbbbbbbbbbbb');
    expect([first!.position, second!.position]).toEqual([0, 1]);
    expect(first!.preview).not.toContain('aaaaaaaa');
    expect(() => secrets.open(first!.sealedSecret, credentialContext(second!.id))).toThrow();
  });

  it('are there once, however often they are named', () => {
    expect(plan(['key-1', 'key-1', ' key-1 ']).insert).toHaveLength(1);
  });

  it('keep their row and state when they are named again, by secret or by id', () => {
    const [a, b, c] = stored('key-a', 'key-b', 'key-c');
    const { insert, move, remove } = plan(
      ['key-d', { id: c!.id }, 'key-a'],
      [a!, { ...b!, status: 'auto_disabled' }, c!],
    );
    expect(insert.map(secretOf)).toEqual(['key-d']);
    expect(move.map(({ id, position }) => [id, position])).toEqual([
      [c!.id, 1],
      [a!.id, 2],
    ]);
    expect(remove.map(({ id }) => id)).toEqual([b!.id]);
  });

  it('that stay where they are need no write', () => {
    const current = stored('key-a', 'key-b');
    expect(plan(['key-a', 'key-b'], current)).toEqual({ insert: [], move: [], remove: [] });
  });

  it('may be none: one blank credential stands in, until there is a real one', () => {
    const [blank] = stored();
    expect(blank).toMatchObject({ preview: '', status: 'enabled' });
    expect(plan([], [blank!])).toEqual({ insert: [], move: [], remove: [] });
    const { insert, remove } = plan(['key-a'], [blank!]);
    expect(insert.map(secretOf)).toEqual(['key-a']);
    expect(remove).toEqual([blank]);
  });

  it.each<[string, KeyInput]>([
    ['another channel’s key', { id: 'elsewhere' }],
    ['an empty key', ' '],
    ['a key of two lines', 'sk-a\nsk-b'],
    ['a key no header can carry', 'sk-ключ'],
    ['a key of a megabyte', 'x'.repeat(1_000_000)],
  ])('refuse %s without repeating it', (_, key) => {
    const refuse = () => plan([key]);
    expect(refuse).toThrow(DomainError);
    expect(refuse).not.toThrow(/sk-|elsewhere|xxx/);
  });

  it('may be several lines where the provider takes a file, kept in one and shown without a secret', () => {
    const given = '{\n  "accessKeyId": "AKIAIOSFODNN7EXAMPLE",\n  "secretAccessKey": "wJalrXUtnFEMI"\n}\n';
    const of = { provider: 'bedrock', settings: {} };
    const wanted = [given, given.replaceAll('\n', '')];
    const { insert } = planCredentials(secrets, { channelId: 'c', current: [], wanted, now: 1, of });
    expect(insert.map(secretOf)).toEqual(['{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"wJalrXUtnFEMI"}']);
    expect(insert[0]?.preview).toBe('AKI…MPLE');
    const again = planCredentials(secrets, { channelId: 'c', current: insert, wanted: [given], now: 1, of });
    expect(again).toEqual({ insert: [], move: [], remove: [] });
    expect(() => plan([given])).toThrow(DomainError);
  });

  it('sealed under a lost master key can be kept or dropped by id', () => {
    const [lost] = planCredentials(new SecretBox([randomBytes(32)]), {
      channelId: 'c',
      current: [],
      wanted: ['k'],
      now: 1,
      of: { provider: 'openai', settings: {} },
    }).insert;
    expect(plan([{ id: lost!.id }], [lost!])).toEqual({ insert: [], move: [], remove: [] });
    expect(plan(['k'], [lost!]).remove).toEqual([lost]);
  });
});
