import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { PricedModel } from './catalogue/catalogue';
import { ModelPrice } from './model-price.entity';

@Injectable()
export class ModelPriceRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async all(): Promise<PricedModel[]> {
    const rows = await this.dataSource.manager.find(ModelPrice);
    return rows.map(operatorModel);
  }

  async put(row: ModelPrice): Promise<void> {
    await this.dataSource.manager
      .createQueryBuilder()
      .insert()
      .into(ModelPrice)
      .values(row)
      .orUpdate(['owner', 'price', 'context_window', 'endpoints', 'updated_at', 'updated_by'], ['id'])
      .updateEntity(false)
      .execute();
  }

  /** False when there was none. */
  async delete(id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(ModelPrice, id);
    return affected === 1;
  }
}

/** As the price book holds it. */
export const operatorModel = ({ id, owner, price, contextWindow, endpoints }: ModelPrice): PricedModel => ({
  id,
  owner,
  price,
  contextWindow,
  endpoints,
  origin: 'operator',
  source: null,
  sourceDate: null,
});
