import { isUniqueViolation } from '@app/platform/database';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThan, type Repository } from 'typeorm';
import { StoredResponse } from './stored-response.entity';

@Injectable()
export class StoredResponseRepository {
  private readonly rows: Repository<StoredResponse>;

  constructor(@InjectDataSource() dataSource: DataSource) {
    this.rows = dataSource.getRepository(StoredResponse);
  }

  find(userId: string, id: string): Promise<StoredResponse | null> {
    return this.rows.findOneBy({ id, userId });
  }

  /** Fails whole when one of the ids is there already. */
  async insert(rows: readonly StoredResponse[]): Promise<void> {
    await this.rows.insert([...rows]);
  }

  /** The same answer again takes the place of the first; an id that somebody else has stays theirs: false. */
  async put(row: StoredResponse): Promise<boolean> {
    try {
      await this.insert([row]);
      return true;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const { id, userId, ...fields } = row;
      const { affected } = await this.rows.update({ id, userId }, fields);
      return affected !== 0;
    }
  }

  async delete(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ id, userId });
    return affected !== 0;
  }

  /** Deletes up to `limit` of the oldest rows from before `time`; returns how many. */
  async deleteBefore(time: number, limit: number): Promise<number> {
    const rows = await this.rows.find({
      select: { id: true },
      where: { createdAt: LessThan(time) },
      order: { createdAt: 'ASC' },
      take: limit,
    });
    if (rows.length > 0) await this.rows.delete(rows.map(({ id }) => id));
    return rows.length;
  }
}
