/** What must hold of an account after anything: every charge has its call, every call its charge, and the sum is the balance. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminApi, until } from './gateway';
import { nano } from './world';

/** The account, once its count of requests has stopped moving. */
async function settled(api: AdminApi, userId: string) {
  const before = await api.user(userId);
  await sleep(1_500);
  const after = await api.user(userId);
  return before.requestCount === after.requestCount ? after : null;
}

/** `received`: request ids of the answers callers had to their last byte. */
export async function expectExact(api: AdminApi, userId: string, received: ReadonlySet<string>): Promise<void> {
  await until(
    'every received answer logged',
    async () => {
      const known = new Set((await api.usage({ userId })).map(({ requestId }) => requestId));
      return [...received].every((id) => known.has(id));
    },
    60_000,
  );
  const user = await until('the last call settled', () => settled(api, userId), 60_000);
  const rows = await api.usage({ userId });
  const ledger = await api.ledger(userId);
  const charges = ledger.filter(({ kind }) => kind === 'charge');

  const logged = rows.map(({ requestId }) => requestId);
  expect(new Set(logged).size).toBe(logged.length);
  const charged = charges.map(({ requestId }) => requestId as string);
  expect(new Set(charged).size).toBe(charged.length);
  expect([...received].filter((id) => !logged.includes(id))).toEqual([]);
  const costs = new Map(rows.filter(({ costUsd }) => costUsd > 0).map((row) => [row.requestId, -nano(row.costUsd)]));
  expect(new Map(charges.map(({ requestId, amountUsd }) => [requestId as string, nano(amountUsd)]))).toEqual(costs);
  expect(ledger.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(nano(user.balanceUsd));
  for (const { durationMs, firstByteMs } of rows) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    if (firstByteMs !== null) expect(firstByteMs).toBeGreaterThanOrEqual(0);
  }
}

/** What one node booked, it booked in order: each entry says the balance it left. Its ids are in order whatever its clock does. */
export async function expectInOrder(api: AdminApi, userId: string): Promise<void> {
  const ledger = await api.ledger(userId);
  let running = 0;
  for (const { amountUsd, balanceAfterUsd } of ledger.sort((a, b) => (a.id < b.id ? -1 : 1)))
    expect(nano(balanceAfterUsd)).toBe((running += nano(amountUsd)));
}

/** Shortly after their last call nodes have nothing of anybody's money, and the comparison of everything finds nothing. */
export async function expectReconciled(api: AdminApi): Promise<void> {
  await until(
    'a clean comparison with nothing on lease',
    async () => {
      const { status, counts } = await api.call('POST', '/reconciliations');
      return status === 'clean' && counts.openHolds === 0;
    },
    60_000,
  );
  expect(await api.call('POST', '/reconciliations')).toMatchObject({ differences: [] });
}
