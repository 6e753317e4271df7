import { runMigrations } from '@app/platform/database';
import { entities, migrations } from '../../ormconfig';
import { describeDatabases } from './support';

describeDatabases('the whole schema', { entities, migrations }, (database) => {
  it('has a table with every column of every entity', async () => {
    for (const { tablePath, columns, name } of database.dataSource.entityMetadatas) {
      const runner = database.dataSource.createQueryRunner();
      const table = await runner.getTable(tablePath);
      await runner.release();
      const wanted = columns.map(
        ({ databaseName, isNullable }) => `${databaseName} ${isNullable ? 'null' : 'not null'}`,
      );
      const found = table?.columns.map((column) => `${column.name} ${column.isNullable ? 'null' : 'not null'}`) ?? [];
      expect([name, found.sort()]).toEqual([name, wanted.sort()]);
    }
  });

  it('answers a read of every entity', async () => {
    for (const { target } of database.dataSource.entityMetadatas) {
      await expect(database.dataSource.getRepository(target).find({ take: 1 })).resolves.toBeInstanceOf(Array);
    }
  });

  it('goes back to nothing and up again', async () => {
    for (const _ of migrations) await database.dataSource.undoLastMigration();
    const runner = database.dataSource.createQueryRunner();
    for (const { tablePath } of database.dataSource.entityMetadatas)
      expect(await runner.hasTable(tablePath)).toBe(false);
    await runner.release();
    expect(await runMigrations(database.dataSource)).toHaveLength(migrations.length);
  });
});
