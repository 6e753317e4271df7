import { Injectable } from '@nestjs/common';
import { bigintNumber, databaseNow, readDatabaseClock, Statement, transact } from '@app/platform/database';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, LessThanOrEqual } from 'typeorm';
import { periodEnd } from './period';
import { Allowance, Wallet } from './wallet.entity';

/** How long a node keeps its allowances without renewing them. */
export const ALLOWANCE_LIFE_MS = 5 * 60_000;

/** A lease beyond the call at hand takes at most this part of what would be left, so that other nodes find some too. */
const LEASE_SHARE = 8;

export interface LeaseOrder {
  readonly nodeId: string;
  readonly walletId: string;
  /** What is missing in the node's purse for the hold. */
  readonly need: number;
  /** The least that still lets a last call through; only honoured with `alone`. */
  readonly least: number;
  /** No call of this wallet is under way on this node. */
  readonly alone: boolean;
  /** For how many further calls like it there should be money in memory. */
  readonly ahead: number;
}

export interface Charge {
  readonly nano: number;
  /** The part of `nano` that was held, so that an allowance covers it. */
  readonly heldNano: number;
  readonly requests: number;
}

/** What a charge left: the funds, and how much of it came out of the node's allowance. */
export interface Charged {
  readonly fundsNano: number | null;
  readonly fromAllowance: number;
}

const touch = new Statement('UPDATE wallets SET updated_at = :now WHERE id = :id');
const readFunds = new Statement('SELECT funds_nano, spent_nano, resets_at FROM wallets WHERE id = :id');
/** A wallet without a limit keeps its null. */
const charge = new Statement(
  'UPDATE wallets SET funds_nano = funds_nano - :nano, escrow_nano = escrow_nano - :fromAllowance, ' +
    'spent_nano = spent_nano + :nano, period_spent_nano = period_spent_nano + :nano, ' +
    'request_count = request_count + :requests WHERE id = :id',
);
const readAllowance = new Statement(
  'SELECT amount_nano FROM allowances WHERE node_id = :nodeId AND wallet_id = :walletId',
);
const spendAllowance = new Statement(
  'UPDATE allowances SET amount_nano = amount_nano - :nano WHERE node_id = :nodeId AND wallet_id = :walletId',
);

/** All SQL about wallets. Each statement changes a wallet relative to itself, so concurrent nodes never overwrite each other. */
@Injectable()
export class WalletRepository {
  constructor(@InjectDataSource() private readonly db: DataSource) {}

  /** Creates the wallet unless it exists. */
  async open(
    wallet: Pick<Wallet, 'id' | 'fundsNano' | 'budgetNano' | 'period'>,
    manager: EntityManager = this.db.manager,
  ): Promise<void> {
    const now = Date.now();
    await manager
      .createQueryBuilder()
      .insert()
      .into(Wallet)
      .values({ ...wallet, resetsAt: periodEnd(wallet.period, now), updatedAt: now })
      .orIgnore()
      .updateEntity(false)
      .execute();
  }

  async find(ids: readonly string[], manager: EntityManager = this.db.manager): Promise<Wallet[]> {
    return ids.length === 0 ? [] : manager.findBy(Wallet, { id: In([...ids]) });
  }

  /** Moves money from the wallet to the node's allowance; returns how much. One transaction; the wallet's row is its lock. */
  async lease(order: LeaseOrder): Promise<number> {
    return transact(this.db, async (manager) => {
      const wallet = await this.lock(manager, order.walletId);
      if (!wallet) return 0;
      const funds = wallet.fundsNano;
      const free = funds === null ? Number.MAX_SAFE_INTEGER : funds - wallet.escrowNano;
      const granted = free >= order.need ? generous(order, free) : await this.lastCall(manager, order, wallet, free);
      if (granted <= 0) return 0;
      await manager.increment(Wallet, { id: order.walletId }, 'escrowNano', granted);
      await this.addAllowance(manager, order.nodeId, order.walletId, granted);
      return granted;
    });
  }

  /** Returns unspent money of an allowance to the wallet: `nano`, or all there is when that is less. */
  async giveBack(nodeId: string, walletId: string, nano: number): Promise<void> {
    await transact(this.db, async (manager) => {
      await this.lock(manager, walletId);
      const held = await manager.findOneBy(Allowance, { nodeId, walletId });
      const back = Math.min(nano, held?.amountNano ?? 0);
      if (back <= 0) return;
      await manager.decrement(Allowance, { nodeId, walletId }, 'amountNano', back);
      await manager.decrement(Wallet, { id: walletId }, 'escrowNano', back);
    });
  }

  /** Takes settled costs off the wallets, each first from the node's allowance. Call inside the transaction that writes the ledger. */
  async charge(
    manager: EntityManager,
    nodeId: string,
    charges: ReadonlyMap<string, Charge>,
  ): Promise<Map<string, Charged>> {
    const walletIds = [...charges.keys()].sort(); // one order on every node: no deadlock
    const result = new Map<string, Charged>();
    for (const id of walletIds) {
      const { nano, heldNano, requests } = charges.get(id) as Charge;
      const before = await this.lockFunds(manager, id);
      if (!before) continue; // the user or key was deleted meanwhile
      const fromAllowance = heldNano > 0 ? await this.takeFromAllowance(manager, nodeId, id, heldNano) : 0;
      const fundsNano = before.fundsNano === null ? null : exactSum(before.fundsNano, -nano);
      exactSum(before.spentNano, nano);
      await charge.run(manager, { id, nano, fromAllowance, requests });
      result.set(id, { fundsNano, fromAllowance });
    }
    return result;
  }

  /** Adds (or takes) funds; returns the balance after, or null when it would fall below what is on lease to nodes, or zero. */
  async credit(manager: EntityManager, walletId: string, nano: number): Promise<number | null> {
    const wallet = await this.lock(manager, walletId);
    const after = (wallet?.fundsNano ?? 0) + nano;
    if (!wallet || (nano < 0 && after < Math.max(0, wallet.escrowNano))) return null;
    await manager.update(Wallet, { id: walletId }, { fundsNano: after });
    return after;
  }

  /** Sets an API key's budget; null removes it. What the running period has spent stays spent. */
  async setBudget(walletId: string, budgetNano: number | null, period: Wallet['period']): Promise<void> {
    await this.open({ id: walletId, fundsNano: null, budgetNano: null, period: 'none' });
    await transact(this.db, async (manager) => {
      const wallet = await this.lock(manager, walletId);
      if (!wallet) return;
      const restarts = wallet.period !== period;
      const spent = restarts && period !== 'none' ? 0 : period === 'none' ? wallet.spentNano : wallet.periodSpentNano;
      await manager.update(
        Wallet,
        { id: walletId },
        {
          budgetNano,
          period,
          periodSpentNano: spent,
          fundsNano: budgetNano === null ? null : budgetNano - spent,
          resetsAt: restarts ? periodEnd(period, Date.now()) : wallet.resetsAt,
        },
      );
    });
  }

  async renewAllowances(nodeId: string): Promise<void> {
    await this.db.manager.update(Allowance, { nodeId }, { expiresAt: () => lifeEnd(this.db.manager) });
  }

  /** Allowances whose node stopped renewing them. */
  async expiredAllowances(): Promise<Allowance[]> {
    const now = await readDatabaseClock(this.db.manager);
    return this.db.manager.find(Allowance, { where: { expiresAt: LessThanOrEqual(now) }, take: 500 });
  }

  /** Returns everything a dead node had on lease. */
  async releaseNode(nodeId: string): Promise<void> {
    for (const { walletId, amountNano } of await this.db.manager.findBy(Allowance, { nodeId })) {
      await this.giveBack(nodeId, walletId, amountNano);
    }
    await this.db.manager.delete(Allowance, { nodeId });
  }

  /**
   * Reads a wallet so that nobody else changes it until the transaction ends. The update comes first because SQLite has no
   * SELECT … FOR UPDATE; on every database it takes the row's (or file's) write lock. Starts a new budget period when one is due.
   */
  private async lock(manager: EntityManager, walletId: string): Promise<Wallet | null> {
    const now = Date.now();
    await manager.update(Wallet, { id: walletId }, { updatedAt: now });
    const wallet = await manager.findOneBy(Wallet, { id: walletId });
    if (wallet?.resetsAt == null || wallet.resetsAt > now) return wallet;
    const next = { periodSpentNano: 0, fundsNano: wallet.budgetNano, resetsAt: periodEnd(wallet.period, now) };
    await manager.update(Wallet, { id: walletId }, next);
    return Object.assign(wallet, next);
  }

  /** As `lock`, for what every settlement does. */
  private async lockFunds(manager: EntityManager, id: string): Promise<Pick<Wallet, 'fundsNano' | 'spentNano'> | null> {
    const now = Date.now();
    await touch.run(manager, { id, now });
    const [row] = await readFunds.run<Record<'funds_nano' | 'spent_nano' | 'resets_at', unknown>>(manager, { id });
    if (!row) return null;
    const resetsAt = number(row.resets_at);
    if (resetsAt !== null && resetsAt <= now) return this.lock(manager, id);
    return { fundsNano: number(row.funds_nano), spentNano: number(row.spent_nano) ?? 0 };
  }

  /** Returns how much of `wanted` there was. */
  private async takeFromAllowance(manager: EntityManager, nodeId: string, walletId: string, wanted: number) {
    const [row] = await readAllowance.run<{ amount_nano: unknown }>(manager, { nodeId, walletId });
    const nano = Math.min(wanted, number(row?.amount_nano ?? null) ?? 0);
    if (nano > 0) await spendAllowance.run(manager, { nodeId, walletId, nano });
    return nano;
  }

  /** With nobody else spending, a call whose hold is larger than what is left may take the rest: it can overdraw by its own excess only. */
  private async lastCall(manager: EntityManager, order: LeaseOrder, wallet: Wallet, free: number): Promise<number> {
    if (!order.alone || free < order.least || free <= 0) return 0;
    const own = await manager.findOneBy(Allowance, { nodeId: order.nodeId, walletId: order.walletId });
    return wallet.escrowNano === (own?.amountNano ?? 0) ? free : 0;
  }

  private async addAllowance(manager: EntityManager, nodeId: string, walletId: string, nano: number): Promise<void> {
    const expiresAt = (): string => lifeEnd(manager);
    const known = await manager.findOneBy(Allowance, { nodeId, walletId });
    if (known)
      await manager.update(Allowance, { nodeId, walletId }, { amountNano: known.amountNano + nano, expiresAt });
    else {
      const values = { nodeId, walletId, amountNano: nano, expiresAt };
      await manager.createQueryBuilder().insert().into(Allowance).values(values).updateEntity(false).execute();
    }
  }
}

/** By the database's clock, which all nodes share: one whose own was set loses no lease, and takes none. */
const lifeEnd = (manager: EntityManager): string => `${databaseNow(manager)} + ${ALLOWANCE_LIFE_MS}`;

const number = (column: unknown): number | null => bigintNumber.from(column) as number | null;

/** Throws a RangeError where the sum is not exact. */
const exactSum = (a: number, b: number): number => bigintNumber.to(a + b) as number;

function generous({ need, ahead }: LeaseOrder, free: number): number {
  return need + Math.min(need * ahead, Math.floor((free - need) / LEASE_SHARE));
}
