import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';

const columns = [
  new TableColumn({ name: 'probe_at', type: 'bigint', isNullable: true }),
  new TableColumn({ name: 'probes', type: 'int', isNullable: true }),
];
const index = new TableIndex({ name: 'ix_channel_credentials_probe_at', columnNames: ['probe_at'] });

export class CredentialProbes1764000000342 implements MigrationInterface {
  readonly name = 'CredentialProbes1764000000342';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('channel_credentials', columns);
    await runner.createIndex('channel_credentials', index);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('channel_credentials', index);
    await runner.dropColumns('channel_credentials', columns);
  }
}
