/** database: TypeORM on SQLite, PostgreSQL and MySQL/MariaDB: columns, data source, transactions, migrations. */
export * from './columns';
export * from './connect';
export * from './database-clock';
export * from './database-error';
export * from './database.module';
export * from './dialect';
export * from './migrate';
export { withMigrationLock } from './migration-lock';
export { dataSourceOptions, type DatabaseEnv, type Schema } from './options';
export * from './sqlite-backup';
export * from './statement';
export * from './transaction';
