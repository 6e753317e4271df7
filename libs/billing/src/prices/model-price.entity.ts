import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';
import type { Price } from './price';

/** A price an operator set. */
@Entity('model_prices')
export class ModelPrice {
  /** The model's name, or a prefix of names with `*` at its end. */
  @PrimaryColumn({ type: 'varchar', length: 200 })
  id: string;

  @Column({ type: 'varchar', length: 100, nullable: true })
  owner: string | null;

  @Column(jsonColumn<Price>())
  price: Price;

  /** Tokens. */
  @Column({ name: 'context_window', type: 'int', nullable: true })
  contextWindow: number | null;

  @Column(jsonColumn<readonly string[]>())
  endpoints: readonly string[];

  /** The list the price was taken over from; null: it was set by hand. */
  @Column({ type: 'varchar', length: 500, nullable: true })
  source: string | null;

  /** ISO 8601 date. */
  @Column({ name: 'source_date', type: 'varchar', length: 10, nullable: true })
  sourceDate: string | null;

  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;

  @Column({ name: 'updated_by', type: 'varchar', length: 36, nullable: true })
  updatedBy: string | null;
}
