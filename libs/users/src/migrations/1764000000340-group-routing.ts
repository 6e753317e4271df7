import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const routing = new TableColumn({ name: 'routing', type: 'text', isNullable: true });

export class GroupRouting1764000000340 implements MigrationInterface {
  readonly name = 'GroupRouting1764000000340';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('groups', routing);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('groups', routing);
  }
}
