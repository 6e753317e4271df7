import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerRepository, type LedgerRow, type UsageRow, UsageLogRepository } from '@app/logs';
import type { Env } from '@app/platform/env';
import { Reconciliation } from '@app/billing';
import { newId, newRequestId } from '@app/core';
import { rowOfKilled } from '../../libs/billing/src/settlement/records';
import { Allowance, Wallet } from '../../libs/billing/src/wallets/wallet.entity';
import { entities, migrations } from '../../ormconfig';
import { describeDatabases } from './support';

const HOUR_MS = 3_600_000;

/** The comparison of all that says what calls cost: it finds each kind of difference, and changes nothing. */
describeDatabases('reconciliation', { entities, migrations }, (database) => {
  let dataDir: string;
  const userId = 'u1';

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'reconciliation-'));
    await insertWallet({ id: `user:${userId}`, fundsNano: 90 });
    await charge({ id: 'first', costNano: 10 });
    await ledgerRow({ kind: 'topup', amountNano: 100, requestId: null });
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const db = () => database.dataSource;
  const reconcile = () =>
    new Reconciliation({ dataDir, nodeId: 'n' } as Env, db(), new UsageLogRepository(db()), { get: () => 90 } as never);
  const insertWallet = (wallet: Partial<Wallet>) =>
    db()
      .getRepository(Wallet)
      .insert({ escrowNano: 0, spentNano: 0, periodSpentNano: 0, requestCount: 0, updatedAt: 1, ...wallet });
  const ledgerRow = (row: Partial<LedgerRow>) =>
    new LedgerRepository(db()).insertMany(db().manager, [
      {
        id: newId(),
        createdAt: Date.now(),
        userId,
        kind: 'charge',
        amountNano: -1,
        balanceAfterNano: 0,
        requestId: newRequestId(),
        reason: null,
        actorId: null,
        ...row,
      },
    ]);
  const call = (more: Partial<UsageRow>): UsageRow => ({
    ...rowOfKilled({
      id: 'x',
      createdAt: Date.now(),
      userId,
      keyId: 'k',
      group: 'g',
      model: 'm',
      protocol: 'openai-chat',
      operation: 'chat',
      stream: false,
      ip: '::1',
      nodeId: 'n',
    }),
    status: 'ok',
    ...more,
  });
  const log = (more: Partial<UsageRow>) => new UsageLogRepository(db()).insertMany(db().manager, [call(more)]);
  const charge = async ({ id, costNano }: { id: string; costNano: number }) => {
    await log({ id, costNano });
    await ledgerRow({ requestId: id, amountNano: -costNano });
  };
  const kindsIn = (report: { differences: readonly { kind: string; subject: string }[] }) =>
    report.differences.map(({ kind, subject }) => `${kind} ${subject}`).sort();

  it('finds nothing where everything agrees, and keeps the report', async () => {
    const report = await reconcile().run('request');
    expect(report).toMatchObject({ status: 'clean', differenceCount: 0, differences: [], startedBy: 'request' });
    expect(report.counts).toMatchObject({ wallets: 1, recentCharges: 1, recentCalls: 1 });
    expect(await reconcile().find(report.id)).toEqual(report);
  });

  it('finds every kind of difference, and repairs none', async () => {
    await insertWallet({ id: 'user:off', fundsNano: 5 });
    await insertWallet({ id: 'key:off', fundsNano: 40, budgetNano: 50, spentNano: 9 });
    await insertWallet({ id: 'key:leased', fundsNano: null, escrowNano: 3 });
    await insertWallet({ id: 'key:stale', fundsNano: null, escrowNano: 4 });
    await db().getRepository(Allowance).insert({ nodeId: 'dead', walletId: 'key:stale', amountNano: 4, expiresAt: 1 });
    await ledgerRow({ requestId: 'unlogged', amountNano: -2, userId: 'gone' });
    await log({ id: 'uncharged', costNano: 3 });
    await log({ id: 'other', costNano: 3, userId: 'gone' });
    await ledgerRow({ requestId: 'other', amountNano: -4, userId: 'gone' });
    const directory = join(dataDir, 'journal', 'dead');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'owner.json'), JSON.stringify({ nodeId: 'dead', host: 'h', pid: 1 }));
    const lines = [
      { kind: 'hold', call: { id: 'forgotten', createdAt: Date.now() - 2 * HOUR_MS } },
      { kind: 'hold', call: { id: 'recent', createdAt: Date.now() } },
      { kind: 'end', row: { id: 'spooled', createdAt: Date.now() - HOUR_MS, durationMs: 5 } },
      { kind: 'end', row: { id: 'first', createdAt: Date.now() - HOUR_MS, durationMs: 5 } },
      { kind: 'end', row: { id: 'just-ended', createdAt: Date.now(), durationMs: 5 } },
    ];
    writeFileSync(join(directory, '00000001.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    appendFileSync(join(dataDir, 'dead-letters.jsonl'), '{}\n');
    const before = await snapshot();

    const report = await reconcile().run('schedule');
    expect(report.status).toBe('differences');
    expect(kindsIn(report)).toEqual([
      'balance user:off',
      'budget key:off',
      'charge_amount other',
      'charge_without_log unlogged',
      'dead_letter n',
      'escrow key:leased',
      'journal_backlog dead',
      'log_without_charge uncharged',
      'stale_hold forgotten',
      'stale_lease key:stale',
    ]);
    expect(report.differenceCount).toBe(10);
    expect(report.differences).toContainEqual({ kind: 'balance', subject: 'user:off', expected: 0, actual: 5 });
    expect(report.differences).toContainEqual({ kind: 'charge_amount', subject: 'other', expected: 3, actual: 4 });
    expect(report.counts).toMatchObject({ openHolds: 2, journalledCalls: 3 });
    expect(await snapshot()).toEqual(before);
    expect((await reconcile().run('schedule')).differenceCount).toBe(10);
  });

  const snapshot = async () => [
    await db().query('SELECT * FROM wallets ORDER BY id'),
    await db().query('SELECT * FROM allowances ORDER BY wallet_id'),
    await db().query('SELECT * FROM ledger ORDER BY id'),
    await db().query('SELECT * FROM usage_logs ORDER BY id'),
  ];

  it.each(['UPDATE ledger SET amount_nano = 0', 'DELETE FROM ledger'])(
    'leaves the ledger alone: %s',
    async (statement) => {
      await expect(db().query(statement)).rejects.toThrow(/append-only/);
    },
  );
});
