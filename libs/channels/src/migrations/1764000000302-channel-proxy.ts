import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const columns = [
  new TableColumn({ name: 'sealed_proxy', type: 'text', isNullable: true }),
  new TableColumn({ name: 'proxy_preview', type: 'varchar', length: '2048', isNullable: true }),
];

export class ChannelProxy1764000000302 implements MigrationInterface {
  readonly name = 'ChannelProxy1764000000302';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('channels', columns);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('channels', columns);
  }
}
