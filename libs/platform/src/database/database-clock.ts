import type { EntityManager } from 'typeorm';
import { type Dialect, dialectOf, rawNumber } from './dialect';

const expressions: Readonly<Record<Dialect, string>> = {
  sqlite: "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
  postgres: 'CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)',
  mysql: 'CAST(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000) AS SIGNED)',
};

/**
 * The time by the database's clock, epoch milliseconds, as an SQL expression: for leases, which one node grants and another
 * judges. A node whose own clock was set neither loses its leases nor takes those of others.
 */
export const databaseNow = (manager: EntityManager): string => expressions[dialectOf(manager)];

export async function readDatabaseClock(manager: EntityManager): Promise<number> {
  const [row] = await manager.query<{ now: unknown }[]>(`SELECT ${databaseNow(manager)} AS now`);
  return rawNumber(row?.now);
}
