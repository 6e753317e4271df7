import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from 'better-sqlite3';
import { DataSource, EntityManager, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
import { FifoLock } from './fifo-lock';

/** Which runner's transaction callback the current code runs in, where the data source is guarded. */
const insideTransaction = new AsyncLocalStorage<SqliteQueryRunner>();

const limits = { waitMs: 15_000, maxWaiting: 50_000 };
const hint = 'inside a transaction use only the manager passed to the callback, and await no network there';
const busy = (reason: string): Error => new Error(`SQLite is busy with a transaction (${reason}); ${hint}`);

/** Shared by the runners of one data source. */
interface Connection {
  readonly lock: FifoLock;
  readonly guarded: boolean;
  /** Prepared statements by their text; TypeORM bounds it. */
  readonly statements: Map<string, unknown>;
}

/**
 * TypeORM gives every query runner of SQLite the same connection and the same transaction state, so that a statement sent
 * beside an open transaction becomes part of it, and vanishes when that transaction rolls back
 * (https://github.com/typeorm/typeorm/issues/1884). Here each runner has its own state, and takes the connection for one
 * statement or for one whole transaction.
 *
 * `guarded` turns the deadlock "a repository used inside its own transaction" into an error at once instead of after the
 * longest wait. It follows async calls, which costs every promise of the process some time on Node 20: for development and tests.
 */
export class SqliteDataSource extends DataSource {
  private readonly connectionState: Connection;

  constructor(options: DataSourceOptions, { guarded = true }: { guarded?: boolean } = {}) {
    super(options);
    this.connectionState = { lock: new FifoLock(limits, busy), guarded, statements: new Map() };
  }

  override createQueryRunner(): QueryRunner {
    if (!(this.driver instanceof BetterSqlite3Driver)) throw new TypeError('not a better-sqlite3 driver');
    const runner = new SqliteQueryRunner(this.driver, this.connectionState);
    return Object.assign(runner, { manager: this.createEntityManager(runner) });
  }

  override createEntityManager(runner?: QueryRunner): EntityManager {
    return new SqliteEntityManager(this, runner);
  }

  override async destroy(): Promise<void> {
    this.connectionState.statements.clear();
    await super.destroy();
  }
}

class SqliteQueryRunner extends BetterSqlite3QueryRunner {
  private holdsLock = false;

  constructor(
    driver: BetterSqlite3Driver,
    readonly shared: Connection,
  ) {
    super(driver);
    Object.assign(this, { stmtCache: shared.statements });
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the signature of TypeORM
  override async query(sql: string, parameters?: any[], structured?: boolean): Promise<any> {
    if (this.holdsLock) return super.query(immediate(sql), parameters, structured);
    await this.enter();
    try {
      return await super.query(sql, parameters, structured);
    } finally {
      this.shared.lock.release();
    }
  }

  override async startTransaction(isolation?: IsolationLevel): Promise<void> {
    if (!this.holdsLock) {
      await this.enter();
      this.holdsLock = true;
    }
    try {
      await super.startTransaction(isolation);
    } finally {
      this.leaveWhenDone();
    }
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction(); // when it fails, the lock stays until the rollback that follows
    this.leaveWhenDone();
  }

  override async rollbackTransaction(): Promise<void> {
    try {
      await super.rollbackTransaction();
    } finally {
      this.leaveWhenDone();
    }
  }

  override async release(): Promise<void> {
    if (this.holdsLock) await this.rollbackTransaction().catch(() => this.leave());
    await super.release();
  }

  private async enter(): Promise<void> {
    const outer = this.shared.guarded ? insideTransaction.getStore() : undefined;
    if (outer?.holdsLock && outer.shared === this.shared)
      throw new Error(`statement beside its own transaction: ${hint}`);
    await this.shared.lock.acquire();
  }

  /** The connection knows: SQLite ends a transaction by itself on a full disk, and one that never began is none. */
  private leaveWhenDone(): void {
    const connection = this.driver.databaseConnection as Database;
    if (this.holdsLock && !connection.inTransaction) this.leave();
  }

  private leave(): void {
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    this.holdsLock = false;
    this.shared.lock.release();
  }
}

/**
 * A deferred transaction that reads first and writes later fails at once when another process wrote in between; an immediate
 * one waits its turn (`busy_timeout`).
 */
const immediate = (sql: string): string => (sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql);

type Work<T> = (manager: EntityManager) => Promise<T>;

class SqliteEntityManager extends EntityManager {
  override transaction<T>(work: Work<T>): Promise<T>;
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>;
  override transaction<T>(first: IsolationLevel | Work<T>, second?: Work<T>): Promise<T> {
    if (typeof first === 'function') return super.transaction(marked(first));
    return super.transaction(first, marked(second!));
  }
}

const marked =
  <T>(work: Work<T>): Work<T> =>
  (manager) => {
    const runner = manager.queryRunner;
    const guarded = runner instanceof SqliteQueryRunner && runner.shared.guarded;
    return guarded ? insideTransaction.run(runner, () => work(manager)) : work(manager);
  };
