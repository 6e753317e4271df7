import { failoverOf, storedFailover } from './failover-values';

describe('what happens when a channel fails, in the form', () => {
  it('is sent as it was stored', () => {
    const settings = {
      timeouts: { connectMs: 500, idleMs: 9000 },
      errorKinds: { http_409: 'overloaded', odd_code: 'caller' },
      costMultiplier: 0,
      testModel: 'gpt-5-mini',
    };
    expect(failoverOf(storedFailover(settings))).toEqual(settings);
  });

  it('is nothing where nothing is said', () => {
    expect(failoverOf(storedFailover({}))).toEqual({});
  });
});
