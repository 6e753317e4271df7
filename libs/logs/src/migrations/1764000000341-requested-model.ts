import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The model that was asked for, where another stood in. Plain SQL: TypeORM would copy the whole table on SQLite. */
export class RequestedModel1764000000341 implements MigrationInterface {
  readonly name = 'RequestedModel1764000000341';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_logs ADD COLUMN requested_model varchar(200)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_logs DROP COLUMN requested_model');
  }
}
