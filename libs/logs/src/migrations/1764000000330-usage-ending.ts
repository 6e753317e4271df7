import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How each call ended, in one word. Plain SQL: TypeORM would copy the whole table on SQLite. */
export class UsageEnding1764000000330 implements MigrationInterface {
  readonly name = 'UsageEnding1764000000330';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_logs ADD COLUMN ending varchar(16)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_logs DROP COLUMN ending');
  }
}
