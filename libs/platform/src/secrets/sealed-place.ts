import { type DataSource, type EntityTarget, MoreThan, type ObjectLiteral } from 'typeorm';
import { isSealed, type SecretBox, SecretError } from './secret-box';

/** Where sealed text lies in the database. Declared by the lib that owns the rows. */
export interface SealedPlace {
  /** For people: `channel credentials`. */
  readonly name: string;
  readonly entity: EntityTarget<ObjectLiteral>;
  /** The property that is the primary key, of text. */
  readonly key: string;
  /** The property that holds sealed text. Rows that hold something else there are passed over. */
  readonly property: string;
  /** The context it was sealed with, from the value of `key`. */
  readonly context: (key: string) => string;
}

export interface SealedCount {
  readonly name: string;
  /** Under the current master key, or moved to it now. */
  readonly current: number;
  /** Under an older master key that this process has. */
  readonly older: number;
  /** Damaged, or under a master key that this process does not have. */
  readonly unreadable: number;
}

const BATCH = 200;

type Row = { readonly key: string; readonly sealed: string };

/** How many secrets of each place open, and under which key. Changes nothing. */
export async function countSealed(dataSource: DataSource, box: SecretBox, place: SealedPlace): Promise<SealedCount> {
  const count = { name: place.name, current: 0, older: 0, unreadable: 0 };
  for await (const row of sealedRows(dataSource, place)) count[standing(box, place, row)] += 1;
  return count;
}

/**
 * Moves every secret of a place to the current master key and returns the count after it. Each row moves by itself and only
 * if nobody has changed it meanwhile, so it may be stopped and run again, beside running servers that have both keys.
 */
export async function resealAll(dataSource: DataSource, box: SecretBox, place: SealedPlace): Promise<SealedCount> {
  for await (const row of sealedRows(dataSource, place)) {
    if (standing(box, place, row) !== 'older') continue;
    const moved = box.reseal(row.sealed, place.context(row.key));
    const unchanged = { [place.key]: row.key, [place.property]: row.sealed };
    await dataSource.getRepository(place.entity).update(unchanged, { [place.property]: moved });
  }
  return countSealed(dataSource, box, place);
}

function standing(box: SecretBox, place: SealedPlace, { key, sealed }: Row): 'current' | 'older' | 'unreadable' {
  try {
    box.open(sealed, place.context(key));
    return box.isCurrent(sealed) ? 'current' : 'older';
  } catch (error) {
    if (error instanceof SecretError) return 'unreadable';
    throw error;
  }
}

async function* sealedRows(dataSource: DataSource, { entity, key, property }: SealedPlace): AsyncGenerator<Row> {
  const repository = dataSource.getRepository(entity);
  for (let after = ''; ;) {
    const rows = await repository.find({ where: { [key]: MoreThan(after) }, order: { [key]: 'ASC' }, take: BATCH });
    for (const row of rows) {
      const sealed: unknown = row[property];
      if (typeof sealed === 'string' && isSealed(sealed)) yield { key: String(row[key]), sealed };
    }
    if (rows.length < BATCH) return;
    after = String(rows.at(-1)![key]);
  }
}
