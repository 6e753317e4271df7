import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelUsageRepository } from '@app/channels';
import { LedgerRepository, type UsageRow, UsageLogRepository } from '@app/logs';
import type { Env } from '@app/platform/env';
import {
  type Hold,
  IllegalTransition,
  InsufficientFunds,
  type OpenCall,
  userWallet,
  WalletService,
} from '@app/billing';
import { DeadLetters } from '../../libs/billing/src/settlement/dead-letters';
import { RecoveryService } from '../../libs/billing/src/settlement/recovery.service';
import { rowOfKilled } from '../../libs/billing/src/settlement/records';
import { SettlementRepository } from '../../libs/billing/src/settlement/settlement.repository';
import type { OpenHolds } from '../../libs/billing/src/settlement/open-holds';
import { SettlementWriter } from '../../libs/billing/src/settlement/settlement.writer';
import { HoldService } from '../../libs/billing/src/wallets/holds.service';
import { Allowance, Wallet } from '../../libs/billing/src/wallets/wallet.entity';
import { WalletRepository } from '../../libs/billing/src/wallets/wallet.repository';
import { entities, migrations } from '../../ormconfig';
import { eventually, PATIENCE_MS } from '../support/eventually';
import { LocalBus } from '../support/local-bus';
import { type DatabaseUnderTest, describeDatabases } from './support';

describeDatabases('billing', { entities, migrations }, (database) => {
  const nodes: Node[] = [];
  let dataDir: string;
  let userId: string;
  let users = 0;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'billing-'));
    userId = `user-${(users += 1)}`;
    await adjust(100);
  });

  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = (name: string): Node => {
    const node = nodeOn(database, dataDir, name);
    nodes.push(node);
    return node;
  };
  const adjust = (amountNano: number) =>
    start('admin').wallets.adjust({ userId, amountNano, kind: 'topup', reason: 'test', actorId: null });
  const place = (node: Node, amount: number, least = 1) =>
    node.holds.place({ call: callOf(userId), pays: [userWallet(userId)], counts: [], amount, least: () => least });
  const wallet = () => database.dataSource.getRepository(Wallet).findOneByOrFail({ id: userWallet(userId) });
  const ledger = async () => (await new LedgerRepository(database.dataSource).list({ userId }, { limit: 100 })).items;

  it('lets 200 parallel calls on a balance for 10 take 10 at most', async () => {
    const node = start('a');
    const holds = await Promise.allSettled(Array.from({ length: 200 }, async () => place(node, 10, 10)));
    const placed = holds.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(placed).toHaveLength(10);
    expect(holds.filter((one) => one.status === 'rejected' && one.reason instanceof InsufficientFunds)).toHaveLength(
      190,
    );
    for (const hold of placed) end(hold, 10);
    await node.writer.drain(PATIENCE_MS);
    expect(await wallet()).toMatchObject({ fundsNano: 0, spentNano: 100, requestCount: 10 });
  });

  it('lets two nodes together spend what there is and no more', async () => {
    const two = [start('a'), start('b')];
    const tries = Array.from({ length: 60 }, async (_, n) => place(two[n % 2] as Node, 10, 10));
    const placed = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
    expect(placed.length).toBeLessThanOrEqual(10);
    expect(placed.length).toBeGreaterThanOrEqual(5);
    const { fundsNano, escrowNano } = await wallet();
    expect(fundsNano).toBe(100);
    expect(escrowNano).toBeLessThanOrEqual(100);
  });

  it('charges what a call cost, not what was held, and writes why into the ledger', async () => {
    const node = start('a');
    const hold = await place(node, 60);
    const row = end(hold, 25);
    await node.writer.drain(PATIENCE_MS);
    expect((await wallet()).fundsNano).toBe(75);
    expect((await ledger())[0]).toMatchObject({
      kind: 'charge',
      amountNano: -25,
      balanceAfterNano: 75,
      requestId: row.id,
    });
  });

  it('overdraws by no more than one call exceeded its own hold', async () => {
    const node = start('a');
    const last = await place(node, 500, 50);
    await expect(async () => place(node, 500, 50)).rejects.toThrow(InsufficientFunds);
    end(last, 130);
    await node.writer.drain(PATIENCE_MS);
    expect((await wallet()).fundsNano).toBe(-30);
    await expect(async () => place(node, 1)).rejects.toThrow(InsufficientFunds);
  });

  it('charges nothing for a released hold, and ends a hold once', async () => {
    const node = start('a');
    const hold = await place(node, 40);
    const row: UsageRow = rowOfKilled(hold.call);
    hold.release(row);
    expect(() => hold.release(row)).toThrow(IllegalTransition);
    expect(() => hold.settle(row, 'known')).toThrow(IllegalTransition);
    await node.writer.drain(PATIENCE_MS);
    expect(await wallet()).toMatchObject({ fundsNano: 100, spentNano: 0, requestCount: 1 });
    expect(await ledger()).toHaveLength(1);
  });

  it('settles what a killed node had ended and releases what it had open, once', async () => {
    const killed = start('killed');
    end(await place(killed, 30), 20);
    await place(killed, 30);
    killed.die();
    const successor = start('successor');
    await Promise.all([successor.recovery.recover(), start('third').recovery.recover()]);
    await successor.recovery.recover();
    expect(await wallet()).toMatchObject({ fundsNano: 80, escrowNano: 0, spentNano: 20, requestCount: 2 });
    expect(await ledger()).toHaveLength(2);
    expect(existsSync(join(dataDir, 'journal', killed.nodeId))).toBe(false);
  });

  it('does not charge again what was written just before the kill', async () => {
    const killed = start('killed');
    end(await place(killed, 30), 20);
    const journal = readFileSync(join(dataDir, 'journal', killed.nodeId, '00000001.jsonl'));
    await killed.writer.drain(PATIENCE_MS);
    writeFileSync(join(dataDir, 'journal', killed.nodeId, '00000001.jsonl'), journal);
    killed.die();
    await start('successor').recovery.recover();
    expect(await wallet()).toMatchObject({ fundsNano: 80, spentNano: 20 });
    expect(await ledger()).toHaveLength(2);
  });

  it('gives idle money back when a wallet changes, so that a lowered budget holds at once', async () => {
    const node = start('a');
    end(await place(node, 10), 10);
    await node.writer.drain(PATIENCE_MS);
    await node.wallets.adjust({ userId, amountNano: -90, kind: 'adjustment', reason: 'test', actorId: null });
    expect(await wallet()).toMatchObject({ fundsNano: 0, escrowNano: 0 });
    await expect(async () => place(node, 1)).rejects.toThrow(InsufficientFunds);
  });

  it('sets aside a call no database takes, and settles all that come after it', async () => {
    const node = start('a');
    const poison = await place(node, 10);
    const sound = await place(node, 10);
    end(poison, Number.MAX_SAFE_INTEGER + 1);
    end(sound, 10);
    await node.writer.drain(PATIENCE_MS);
    expect(await wallet()).toMatchObject({ fundsNano: 90, requestCount: 1 });
    expect(readFileSync(join(dataDir, 'dead-letters.jsonl'), 'utf8')).toContain(poison.call.id);
  });

  it('owes nothing any more for a charge whose commit was answered by silence, or that was set aside', async () => {
    const node = start('a');
    const { settlements } = node.writer as unknown as { settlements: SettlementRepository };
    const settle = settlements.settle.bind(settlements);
    const lost = jest.spyOn(settlements, 'settle').mockImplementationOnce(async (...args) => {
      await settle(...args);
      throw new Error('the answer was lost');
    });
    end(await place(node, 10), 25); // 15 beyond its hold
    await node.writer.drain(PATIENCE_MS);
    expect(lost).toHaveBeenCalledTimes(2);
    end(await place(node, 10), Number.MAX_SAFE_INTEGER + 1);
    await node.writer.drain(PATIENCE_MS);
    // Shortly after its last call a node has nothing of a wallet.
    await eventually(async () => (await wallet()).escrowNano === 0);
    end(await place(node, 75), 75);
    await node.writer.drain(PATIENCE_MS);
    expect(await wallet()).toMatchObject({ fundsNano: 0, requestCount: 2 });
  });

  it('stops spending when its allowance was taken back meanwhile', async () => {
    const node = start('a');
    end(await place(node, 1), 1);
    await node.writer.drain(PATIENCE_MS);
    await new WalletRepository(database.dataSource).releaseNode(node.nodeId);
    let placed = 0;
    for (let n = 0; n < 300; n += 1) {
      const hold = await Promise.resolve()
        .then(() => place(node, 1))
        .catch(() => null);
      if (!hold) continue;
      placed += 1;
      end(hold, 1);
      await node.writer.drain(PATIENCE_MS);
    }
    expect(placed).toBe(99);
    expect((await wallet()).fundsNano).toBe(0);
  });

  it('does not take what a running call holds', async () => {
    const node = start('a');
    const hold = await place(node, 60);
    await expect(adjust(-100)).rejects.toMatchObject({ code: 'conflict' });
    end(hold, 60);
    await node.writer.drain(PATIENCE_MS);
    expect((await wallet()).fundsNano).toBe(40);
  });

  it('refuses to take more than there is', async () => {
    await expect(adjust(-101)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('starts a new budget period with a full budget', async () => {
    const node = start('a');
    await node.wallets.setBudget('k', 50, 'day');
    await database.dataSource
      .getRepository(Wallet)
      .update({ id: 'key:k' }, { fundsNano: 3, periodSpentNano: 47, resetsAt: 1 });
    const hold = await node.holds.place({
      call: callOf(userId),
      pays: ['key:k'],
      counts: [],
      amount: 40,
      least: () => 1,
    });
    end(hold, 40);
    await node.writer.drain(PATIENCE_MS);
    const { fundsNano, periodSpentNano, spentNano } = await database.dataSource
      .getRepository(Wallet)
      .findOneByOrFail({ id: 'key:k' });
    expect({ fundsNano, periodSpentNano, spentNano }).toEqual({ fundsNano: 10, periodSpentNano: 40, spentNano: 40 });
    await node.wallets.setBudget('k', null, 'none');
  });

  it('keeps balance and ledger equal after any mix of calls', async () => {
    const node = start('a');
    for (let n = 0; n < 30; n += 1) {
      const hold = await Promise.resolve(place(node, 7)).catch(() => null);
      if (hold) end(hold, n % 5);
      if (n % 7 === 0) await node.writer.drain(PATIENCE_MS);
    }
    await node.writer.drain(PATIENCE_MS);
    const sum = (await ledger()).reduce((total, { amountNano }) => total + amountNano, 0);
    expect((await wallet()).fundsNano).toBe(sum);
    await node.holds.close();
    expect((await wallet()).escrowNano).toBe(0);
    expect(await database.dataSource.getRepository(Allowance).countBy({ walletId: userWallet(userId) })).toBe(0);
  });
});

type Node = ReturnType<typeof nodeOn>;

/** One process's billing, put together as its module does. */
function nodeOn(database: DatabaseUnderTest, dataDir: string, name: string) {
  const nodeId = `${name}-${Math.random().toString(36).slice(2)}`;
  const env = { dataDir, nodeId } as Env;
  const db = database.dataSource;
  const bus = new LocalBus();
  const repository = new WalletRepository(db);
  const ledger = new LedgerRepository(db);
  const settlements = new SettlementRepository(
    db,
    new DeadLetters(env),
    repository,
    new UsageLogRepository(db),
    ledger,
    new ChannelUsageRepository(),
  );
  const writer = new SettlementWriter(env, settlements);
  const holds = new HoldService(env, repository, writer, bus);
  holds.onApplicationBootstrap();
  let dead = false;
  return {
    nodeId,
    writer,
    holds,
    wallets: new WalletService(db, repository, ledger, bus),
    recovery: new RecoveryService(env, settlements, repository),
    /** Leaves everything as `kill -9` would, with calls under way that had lasted long enough to be journalled. */
    die(): void {
      dead = true;
      (writer as unknown as { holds: OpenHolds }).holds.writeLasting(Infinity);
      writer.drain = () => Promise.resolve();
      const owner = join(dataDir, 'journal', nodeId, 'owner.json');
      writeFileSync(
        owner,
        JSON.stringify({ ...JSON.parse(readFileSync(owner, 'utf8')), pid: 2 ** 22 + 1, startTicks: '1' }),
      );
      (writer as unknown as { flush: () => Promise<void> }).flush = () => Promise.resolve();
    },
    async stop(): Promise<void> {
      if (!dead) await writer.drain(PATIENCE_MS);
      await holds.close();
      writer.close();
    },
  };
}

let calls = 0;
const callOf = (userId: string): OpenCall => ({
  id: `req_${process.pid}_${(calls += 1)}_${Math.random().toString(36).slice(2, 10)}`,
  createdAt: Date.now(),
  userId,
  keyId: 'key',
  group: 'default',
  model: 'm',
  protocol: 'openai-chat',
  operation: 'chat',
  stream: false,
  ip: '127.0.0.1',
  nodeId: 'n',
});

function end(hold: Hold, costNano: number): UsageRow {
  const row: UsageRow = { ...rowOfKilled(hold.call), status: 'ok', costNano };
  hold.dispatched();
  hold.settle(row, 'known');
  return row;
}
