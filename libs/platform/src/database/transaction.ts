import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isTransactionConflict } from './database-error';

const ATTEMPTS = 4;

/**
 * `dataSource.transaction`, repeated when the database chose this one as the victim of a deadlock. `work` may run more than
 * once, so it changes nothing but the database, through the manager it is given.
 */
export async function transact<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransactionConflict(error)) throw error;
      await sleep(Math.random() * 20 * attempt);
    }
  }
}
