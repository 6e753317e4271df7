import { isUniqueViolation } from '@app/platform/database';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThan, type Repository } from 'typeorm';
import { type ResponseStatus, StoredResponse } from './stored-response.entity';

const unfinished: readonly ResponseStatus[] = ['queued', 'in_progress'];

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

  /** Moves an answer that is still being made on, with what is known of it then. False: it had already ended, or is gone. */
  async advance(id: string, change: Partial<Omit<StoredResponse, 'id'>>): Promise<boolean> {
    const { affected } = await this.rows.update({ id, status: In(unfinished) }, change);
    return affected !== 0;
  }

  /** The process that makes these answers lives: nobody takes them for lost until then. Returns those it may go on with. */
  async extend(ids: readonly string[], leaseUntil: number): Promise<Set<string>> {
    const running = { id: In(ids), status: In(unfinished) };
    await this.rows.update(running, { leaseUntil });
    return new Set((await this.rows.find({ select: { id: true }, where: running })).map(({ id }) => id));
  }

  /** Answers whose process is gone have failed. Returns how many. */
  async failLapsed(now: number): Promise<number> {
    const lapsed = { status: In(unfinished), leaseUntil: LessThan(now) };
    const { affected } = await this.rows.update(lapsed, { status: 'failed', leaseUntil: null });
    return affected ?? 0;
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
