import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Where an operator's price was taken over from. */
const columns = [
  new TableColumn({ name: 'source', type: 'varchar', length: '500', isNullable: true }),
  new TableColumn({ name: 'source_date', type: 'varchar', length: '10', isNullable: true }),
];

export class PriceSources1764000000320 implements MigrationInterface {
  readonly name = 'PriceSources1764000000320';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('model_prices', columns);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('model_prices', columns);
  }
}
