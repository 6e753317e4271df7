import type { EntityManager } from 'typeorm';

type SqlValue = string | number | null;

const PARAMETER = /:(\w+)/g;

/**
 * One SQL statement in the words all three databases share, with parameters as `:name`, for what runs all the time: building a
 * query in TypeORM costs more than SQLite needs to run it. Values go in and come out as the driver has them (a bigint as a text
 * on PostgreSQL and MySQL: see `bigintNumber`).
 *
 *     const used = new Statement('UPDATE channels SET used_nano = used_nano + :nano WHERE id = :id');
 *     await used.run(manager, { nano, id });
 */
export class Statement {
  private readonly names: readonly string[];
  private readonly texts = new Map<string, string>();

  constructor(private readonly sql: string) {
    this.names = [...sql.matchAll(PARAMETER)].map(([, name]) => name as string);
  }

  /** The rows of a SELECT. Runs on the manager given, so inside its transaction. */
  run<Row = unknown>(manager: EntityManager, values: Readonly<Record<string, SqlValue>>): Promise<Row[]> {
    return manager.query(
      this.text(manager),
      this.names.map((name) => values[name] ?? null),
    );
  }

  private text({ dataSource: { driver, options } }: EntityManager): string {
    let text = this.texts.get(options.type);
    if (text === undefined) {
      let index = 0;
      text = this.sql.replaceAll(PARAMETER, (_, name: string) => driver.createParameter(name, index++));
      this.texts.set(options.type, text);
    }
    return text;
  }
}
