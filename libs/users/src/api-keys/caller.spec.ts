import { plainGroup } from '../groups/group';
import { plainRouting } from '../groups/group-routing';
import { allowsModel, buildCaller, type KeyRecord } from './caller';

const record = (more: Partial<KeyRecord> = {}): KeyRecord => ({
  keyId: 'k1',
  keyName: 'ci',
  keyStatus: 'active',
  userId: 'u1',
  userStatus: 'active',
  userGroup: 'default',
  group: null,
  models: null,
  allowedIps: null,
  rpm: null,
  tpm: null,
  concurrency: null,
  budgeted: false,
  expiresAt: null,
  ...more,
});

const vip = { name: 'vip', multiplierPpm: 500_000, rpm: 60, tpm: null, concurrency: 4, routing: plainRouting };

describe('a caller', () => {
  it('carries the price of the group', () => {
    expect(buildCaller(record(), vip)).toMatchObject({
      group: 'vip',
      multiplierPpm: 500_000,
      keyId: 'k1',
      userId: 'u1',
    });
  });

  it('is held to the limits of the key and to those of the group, the latter per user', () => {
    expect(buildCaller(record({ rpm: 5, tpm: 1000 }), vip).limits).toEqual([
      { key: 'key:k1', rpm: 5, tpm: 1000, concurrency: null },
      { key: 'group:vip:user:u1', rpm: 60, tpm: null, concurrency: 4 },
    ]);
  });

  it('has no rule where nothing is limited', () => {
    expect(buildCaller(record(), plainGroup).limits).toEqual([]);
    expect(buildCaller(record({ concurrency: 1 }), plainGroup).limits).toHaveLength(1);
  });

  it('is the same object for all requests, so nobody may change it', () => {
    const caller = buildCaller(record(), vip);
    expect(Object.isFrozen(caller) && Object.isFrozen(caller.limits)).toBe(true);
  });
});

describe('allowsModel', () => {
  const allows = (models: string[] | null, model: string) =>
    allowsModel(buildCaller(record({ models }), plainGroup), model);

  it.each([
    [null, 'anything', true],
    [['gpt-5'], 'gpt-5', true],
    [['gpt-5'], 'gpt-5-mini', false],
    [['gpt-5*'], 'gpt-5-mini', true],
    [['gpt-5*'], 'gpt-5', true],
    [['gpt-5*'], 'gpt-4', false],
    [['claude-*', 'gpt-5'], 'claude-opus', true],
    [['*'], 'anything', true],
    [['gpt-5*'], 'gpt-5*', true],
    [['gpt.5'], 'gptx5', false],
  ] as const)('%j lets %s: %s', (models, model, expected) =>
    expect(allows(models && [...models], model)).toBe(expected),
  );
});
