import type { DataSource } from 'typeorm';
import { rawNumber } from '../database';
import { ChangeEvent } from './change-event.entity';

export type NewChangeEvent = Omit<ChangeEvent, 'id'>;

export class ChangeEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(events: readonly NewChangeEvent[]): Promise<void> {
    const insert = this.dataSource.createQueryBuilder().insert().into(ChangeEvent);
    await insert
      .values([...events])
      .updateEntity(false)
      .execute();
  }

  /** Events above `position`, and those of `gaps` that have appeared meanwhile; in the order of their ids. */
  async after(position: number, gaps: readonly number[], limit: number): Promise<ChangeEvent[]> {
    const query = this.dataSource.createQueryBuilder(ChangeEvent, 'event').where('event.id > :position', { position });
    if (gaps.length > 0) query.orWhere('event.id IN (:...gaps)', { gaps });
    return query.orderBy('event.id').limit(limit).getMany();
  }

  /** The highest id of the events older than `time`; 0 when there is none. */
  async positionAt(time: number): Promise<number> {
    const query = this.dataSource.createQueryBuilder(ChangeEvent, 'event').select('MAX(event.id)', 'position');
    const row = await query.where('event.createdAt < :time', { time }).getRawOne<{ position: unknown }>();
    return rawNumber(row?.position);
  }

  async deleteBefore(time: number): Promise<void> {
    const query = this.dataSource.createQueryBuilder().delete().from(ChangeEvent);
    await query.where('created_at < :time', { time }).execute();
  }
}
