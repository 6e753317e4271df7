import { countSealed, resealAll, type SealedPlace, SecretBox } from '@app/platform/secrets';
import { jsonColumn } from '@app/platform/database';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner, Table } from 'typeorm';
import { describeDatabases } from './support';

@Entity('vault')
class Vault {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column(jsonColumn<string | number>({ nullable: true }))
  value: string | number | null;
}

class Vault1764000000921 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    const columns = [
      { name: 'id', type: 'varchar', length: '36', isPrimary: true },
      { name: 'value', type: 'text', isNullable: true },
    ];
    return runner.createTable(new Table({ name: 'vault', columns }));
  }

  down = (runner: QueryRunner): Promise<void> => runner.dropTable('vault');
}

const place: SealedPlace = {
  name: 'vault',
  entity: Vault,
  key: 'id',
  property: 'value',
  context: (id) => `vault:${id}`,
};
const [older, current, lost] = [1, 2, 3].map((fill) => Buffer.alloc(32, fill)) as [Buffer, Buffer, Buffer];

describeDatabases('rotation of the master key', { entities: [Vault], migrations: [Vault1764000000921] }, (database) => {
  const rotated = new SecretBox([current, older]);
  const vault = () => database.dataSource.getRepository(Vault);
  const sealed = (key: Buffer, id: string): Vault => ({
    id,
    value: new SecretBox([key]).seal(`secret of ${id}`, `vault:${id}`),
  });

  beforeEach(async () => {
    await vault().clear();
    const many = Array.from({ length: 450 }, (_, index) => sealed(older, `older-${index}`));
    for (let at = 0; at < many.length; at += 100) await vault().insert(many.slice(at, at + 100));
    await vault().insert([
      sealed(current, 'current'),
      sealed(lost, 'lost'),
      { ...sealed(older, 'moved'), id: 'elsewhere' },
      { id: 'plain', value: 'not a secret' },
      { id: 'number', value: 7 },
      { id: 'null', value: null },
    ]);
  });

  it('counts what opens and under which key, and changes nothing', async () => {
    const count = { name: 'vault', current: 1, older: 450, unreadable: 2 };
    expect(await countSealed(database.dataSource, rotated, place)).toEqual(count);
    expect(await countSealed(database.dataSource, rotated, place)).toEqual(count);
  });

  it('moves every secret to the current key and leaves alone what it cannot open', async () => {
    const unreadable = await vault().findOneByOrFail({ id: 'lost' });
    expect(await resealAll(database.dataSource, rotated, place)).toEqual({
      name: 'vault',
      current: 451,
      older: 0,
      unreadable: 2,
    });
    const { value } = await vault().findOneByOrFail({ id: 'older-449' });
    expect(new SecretBox([current]).open(String(value), 'vault:older-449')).toBe('secret of older-449');
    expect(await vault().findOneByOrFail({ id: 'lost' })).toEqual(unreadable);
    expect((await vault().findOneByOrFail({ id: 'plain' })).value).toBe('not a secret');
  });
});
