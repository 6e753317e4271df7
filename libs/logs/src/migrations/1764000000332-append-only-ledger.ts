import { type Dialect, dialectOf } from '@app/platform/database';
import { Logger } from '@nestjs/common';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const REFUSAL = 'the ledger is append-only';

const guards: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: ['UPDATE', 'DELETE'].map(
    (act) =>
      `CREATE TRIGGER ledger_no_${act.toLowerCase()} BEFORE ${act} ON ledger BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
  ),
  postgres: [
    `CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${REFUSAL}'; END $$`,
    'CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger ' +
      'FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()',
  ],
  mysql: ['UPDATE', 'DELETE'].map(
    (act) =>
      `CREATE TRIGGER ledger_no_${act.toLowerCase()} BEFORE ${act} ON ledger FOR EACH ROW ` +
      `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${REFUSAL}'`,
  ),
};

const undo: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: ['DROP TRIGGER IF EXISTS ledger_no_update', 'DROP TRIGGER IF EXISTS ledger_no_delete'],
  postgres: ['DROP TRIGGER IF EXISTS ledger_no_change ON ledger', 'DROP FUNCTION IF EXISTS refuse_ledger_change()'],
  mysql: ['DROP TRIGGER IF EXISTS ledger_no_update', 'DROP TRIGGER IF EXISTS ledger_no_delete'],
};

/** MySQL lets only some accounts make triggers: without the right to (1142, 1227), or while it keeps a binary log (1419). */
const NOT_ALLOWED: ReadonlySet<unknown> = new Set([1142, 1227, 1419]);

/**
 * Entries of the ledger are only ever added, and the database itself says so. TypeORM changes a table on SQLite by copying it,
 * which would lose the triggers: a later migration that does so has to make them again.
 */
export class AppendOnlyLedger1764000000332 implements MigrationInterface {
  readonly name = 'AppendOnlyLedger1764000000332';

  async up(runner: QueryRunner): Promise<void> {
    try {
      for (const guard of guards[dialectOf(runner.manager)]) await runner.query(guard);
    } catch (error) {
      if (!NOT_ALLOWED.has((error as { errno?: unknown }).errno)) throw error;
      new Logger('Migrations').warn(
        'This database account may make no triggers: the ledger is append-only by habit, not by force.',
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of undo[dialectOf(runner.manager)]) await runner.query(statement);
  }
}
