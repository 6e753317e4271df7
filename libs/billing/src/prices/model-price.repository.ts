import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { transact } from '@app/platform/database';
import type { PricedModel } from './catalogue/catalogue';
import { ModelPrice } from './model-price.entity';

@Injectable()
export class ModelPriceRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async all(): Promise<PricedModel[]> {
    const rows = await this.dataSource.manager.find(ModelPrice);
    return rows.map(operatorModel);
  }

  put(row: ModelPrice): Promise<void> {
    return upsert(this.dataSource.manager, [row]);
  }

  /** All of it or nothing; `also` belongs to the same transaction. */
  change(
    rows: readonly ModelPrice[],
    deleted: readonly string[],
    also: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    return transact(this.dataSource, async (manager) => {
      for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT)
        await upsert(manager, rows.slice(at, at + ROWS_PER_STATEMENT));
      for (let at = 0; at < deleted.length; at += IDS_PER_STATEMENT)
        await manager.delete(ModelPrice, deleted.slice(at, at + IDS_PER_STATEMENT));
      await also(manager);
    });
  }

  /** False when there was none. */
  async delete(id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(ModelPrice, id);
    return affected === 1;
  }
}

const ROWS_PER_STATEMENT = 100;
const IDS_PER_STATEMENT = 500;

async function upsert(manager: EntityManager, rows: readonly ModelPrice[]): Promise<void> {
  const changing = [
    'owner',
    'price',
    'context_window',
    'endpoints',
    'source',
    'source_date',
    'updated_at',
    'updated_by',
  ];
  await manager
    .createQueryBuilder()
    .insert()
    .into(ModelPrice)
    .values([...rows])
    .orUpdate(changing, ['id'])
    .updateEntity(false)
    .execute();
}

/** As the price book holds it. */
export const operatorModel = ({
  id,
  owner,
  price,
  contextWindow,
  endpoints,
  source,
  sourceDate,
}: ModelPrice): PricedModel => ({
  id,
  owner,
  price,
  contextWindow,
  endpoints,
  origin: 'operator',
  source,
  sourceDate,
});
