import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bigintColumn,
  containsPattern,
  dialectOf,
  isUniqueViolation,
  jsonColumn,
  migrationState,
  rawNumber,
  runMigrations,
  transact,
  withMigrationLock,
} from '@app/platform/database';
import { Column, Entity, In, LessThan, type MigrationInterface, PrimaryColumn, type QueryRunner, Table } from 'typeorm';
import { describeDatabases } from './support';

@Entity('notes')
class Note {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 40, unique: true })
  name: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ nullable: true }))
  nano: number | null;

  @Column(jsonColumn<string[]>({ nullable: true }))
  tags: string[] | null;
}

class Notes1764000000901 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'notes',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'name', type: 'varchar', length: '40' },
          { name: 'created_at', type: 'bigint' },
          { name: 'nano', type: 'bigint', isNullable: true },
          { name: 'tags', type: 'text', isNullable: true },
        ],
        indices: [{ name: 'notes_name', columnNames: ['name'], isUnique: true }],
      }),
    );
    await sleep(150); // long enough for a second process to run into the first
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('notes');
  }
}

const schema = { entities: [Note], migrations: [Notes1764000000901] };
const MOST = Number.MAX_SAFE_INTEGER;

const note = (id: string, more: Partial<Note> = {}): Note => ({
  id,
  name: `name-${id}`,
  createdAt: 1,
  nano: null,
  tags: null,
  ...more,
});

describeDatabases('columns', schema, (database) => {
  const notes = () => database.dataSource.getRepository(Note);

  it('keeps bigints exact, as numbers', async () => {
    await notes().insert(note('big', { createdAt: MOST, nano: -MOST }));
    expect(await notes().findOneByOrFail({ id: 'big' })).toMatchObject({ createdAt: MOST, nano: -MOST });
  });

  it('refuses a bigint JavaScript cannot hold, in both directions', async () => {
    await expect(notes().insert(note('bad', { createdAt: 2 ** 53 }))).rejects.toThrow(RangeError);
    await notes().insert(note('grown', { nano: MOST }));
    await database.dataSource.query("UPDATE notes SET nano = nano + 2 WHERE id = 'grown'");
    await expect(notes().findOneBy({ id: 'grown' })).rejects.toThrow(RangeError);
    await notes().delete({ id: 'grown' });
  });

  it('hands raw bigints and sums over as numbers', async () => {
    await notes().insert([note('raw-1', { nano: 40 }), note('raw-2', { nano: 2 })]);
    const [row] = await database.dataSource.query("SELECT nano FROM notes WHERE id = 'raw-1'");
    expect(row.nano).toBe(40);
    const [sum] = await database.dataSource.query("SELECT SUM(nano) AS total FROM notes WHERE id LIKE 'raw-%'");
    expect(rawNumber(sum.total)).toBe(42);
    const [none] = await database.dataSource.query("SELECT SUM(nano) AS total FROM notes WHERE id = 'absent'");
    expect(rawNumber(none.total)).toBe(0);
  });

  it('finds by bigint operators', async () => {
    await notes().insert(note('old', { createdAt: -5 }));
    expect(await notes().findBy({ createdAt: LessThan(0) })).toHaveLength(1);
    expect(await notes().findBy({ createdAt: In([-5]) })).toHaveLength(1);
  });

  it('keeps JSON and tells null from an empty list', async () => {
    await notes().insert([note('json', { tags: ['ä', '"', '😀'] }), note('none'), note('empty', { tags: [] })]);
    const tags = async (id: string) => (await notes().findOneByOrFail({ id })).tags;
    expect(await tags('json')).toEqual(['ä', '"', '😀']);
    expect(await tags('none')).toBeNull();
    expect(await tags('empty')).toEqual([]);
  });

  it('names its dialect', () => {
    expect(dialectOf(database.dataSource)).toBe(database.dialect);
    expect(dialectOf(database.dataSource.manager)).toBe(database.dialect);
  });

  it('tells text apart by case', async () => {
    await notes().insert([note('case-a', { name: 'Model-X' }), note('case-b', { name: 'model-x' })]);
    expect(await notes().findBy({ name: 'model-x' })).toHaveLength(1);
  });

  it('searches for text that holds wildcards', async () => {
    await notes().insert([note('wild-1', { name: '50%_off!' }), note('wild-2', { name: '50 is off' })]);
    const found = await notes()
      .createQueryBuilder('note')
      .where("note.name LIKE :pattern ESCAPE '!'", { pattern: containsPattern('%_off!') })
      .getMany();
    expect(found.map(({ id }) => id)).toEqual(['wild-1']);
  });
});

describeDatabases('unique violation', schema, (database) => {
  const insert = (row: Note) => database.dataSource.getRepository(Note).insert(row);

  it('is recognised on a primary key and on an index, and nothing else is', async () => {
    await insert(note('one'));
    expect(isUniqueViolation(await insert(note('one', { name: 'other' })).catch((error: unknown) => error))).toBe(true);
    expect(isUniqueViolation(await insert(note('two', { name: 'name-one' })).catch((error: unknown) => error))).toBe(
      true,
    );
    const missing = insert({ ...note('three'), createdAt: null } as never);
    expect(isUniqueViolation(await missing.catch((error: unknown) => error))).toBe(false);
  });
});

describeDatabases('transaction', schema, (database) => {
  const count = () => database.dataSource.getRepository(Note).count();
  const insert = (id: string) => database.dataSource.getRepository(Note).insert(note(id));

  beforeEach(() => database.dataSource.getRepository(Note).clear());

  it('keeps nothing of what failed', async () => {
    const failed = database.dataSource.transaction(async (manager) => {
      await manager.insert(Note, note('lost'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await count()).toBe(0);
  });

  it('keeps the outer work when an inner transaction fails', async () => {
    await database.dataSource.transaction(async (manager) => {
      await manager.insert(Note, note('outer'));
      const inner = manager.transaction(async (nested) => {
        await nested.insert(Note, note('inner'));
        throw new Error('no');
      });
      await expect(inner).rejects.toThrow('no');
    });
    expect(await count()).toBe(1);
    await insert('after');
    expect(await count()).toBe(2);
  });

  it('leaves a statement beside it alone when it rolls back', async () => {
    const begun = new EventEmitter();
    const failed = database.dataSource.transaction(async (manager) => {
      await manager.insert(Note, note('inside'));
      begun.emit('begun');
      await sleep(20);
      throw new Error('no');
    });
    await once(begun, 'begun');
    await Promise.all([insert('beside'), expect(failed).rejects.toThrow('no')]);
    expect((await database.dataSource.getRepository(Note).find()).map(({ id }) => id)).toEqual(['beside']);
  });

  it('loses no committed row and keeps no rolled-back row under 600 mixed operations at once', async () => {
    const runs = Array.from({ length: 600 }, (_, index) => operation(`n${index}`, index % 3));
    const kept = (await Promise.all(runs)).filter((id) => id !== null);
    const stored = (await database.dataSource.getRepository(Note).find()).map(({ id }) => id);
    expect(stored.sort()).toEqual(kept.sort());
  });

  async function operation(id: string, kind: number): Promise<string | null> {
    if (kind === 0) {
      await insert(id);
      return id;
    }
    const work = database.dataSource.transaction(async (manager) => {
      await manager.insert(Note, note(id));
      await manager.findOneByOrFail(Note, { id });
      if (kind === 2) throw new Error('rolled back');
    });
    return work.then(
      () => id,
      () => null,
    );
  }

  it('is repeated when the database sacrifices it to a deadlock', async () => {
    await insert('a');
    await insert('b');
    const touch = (first: string, second: string) =>
      transact(database.dataSource, async (manager) => {
        await manager.update(Note, { id: first }, { nano: 1 });
        await sleep(100);
        await manager.update(Note, { id: second }, { nano: 1 });
      });
    await Promise.all([touch('a', 'b'), touch('b', 'a')]);
    expect(await database.dataSource.getRepository(Note).countBy({ nano: 1 })).toBe(2);
  });
});

describeDatabases('migrations', { entities: [], migrations: [] }, (database) => {
  it('run once when several processes start together', async () => {
    const processes = await Promise.all([database.open(schema), database.open(schema), database.open(schema)]);
    const done = await Promise.all(processes.map(runMigrations));
    expect(done.flat()).toEqual(['Notes1764000000901']);
    expect(await processes[0]!.getRepository(Note).count()).toBe(0);
    expect(await runMigrations(processes[1]!)).toEqual([]);
  });

  it('are told apart as applied, pending and unknown', async () => {
    expect(await migrationState(await database.open(schema))).toEqual({
      applied: ['Notes1764000000901'],
      pending: [],
      unknown: [],
    });
    class Later1764000000902 extends Notes1764000000901 {}
    const other = await database.open({ migrations: [Later1764000000902] });
    expect(await migrationState(other)).toMatchObject({
      pending: ['Later1764000000902'],
      unknown: ['Notes1764000000901'],
    });
  });

  it('wait a bounded time for another process, and go on when it is done', async () => {
    const [first, second] = [await database.open(), await database.open()];
    await withMigrationLock(first, async () => {
      await expect(withMigrationLock(second, async () => 1, 50)).rejects.toThrow(/another process/);
    });
    expect(await withMigrationLock(second, async () => 2)).toBe(2);
  });
});
