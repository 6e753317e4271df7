import { isUniqueViolation, transact } from '@app/platform/database';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThan, type Repository } from 'typeorm';
import { StoredItem } from './stored-item.entity';
import { type ResponseStatus, StoredResponse } from './stored-response.entity';

const ITEMS_PER_STATEMENT = 400;
/** Upstreams that count their items from 1 are not asked to tell them apart. */
const MAX_SAME_ID = 20;

const unfinished: readonly ResponseStatus[] = ['queued', 'in_progress'];

@Injectable()
export class StoredResponseRepository {
  private readonly rows: Repository<StoredResponse>;
  private readonly items: Repository<StoredItem>;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    this.rows = dataSource.getRepository(StoredResponse);
    this.items = dataSource.getRepository(StoredItem);
  }

  find(userId: string, id: string): Promise<StoredResponse | null> {
    return this.rows.findOneBy({ id, userId });
  }

  /** The user's answer in which an item was said. */
  async findByItem(userId: string, itemId: string): Promise<StoredResponse | null> {
    const said = await this.items.find({ where: { id: itemId }, take: MAX_SAME_ID });
    if (said.length === 0) return null;
    return this.rows.findOneBy({ id: In(said.map(({ responseId }) => responseId)), userId });
  }

  /** Notes which items an answer has. Safe to run twice. */
  async index(items: readonly StoredItem[]): Promise<void> {
    if (items.length === 0) return;
    await transact(this.dataSource, async (manager) => {
      await manager.delete(StoredItem, { responseId: In([...new Set(items.map(({ responseId }) => responseId))]) });
      for (let at = 0; at < items.length; at += ITEMS_PER_STATEMENT)
        await manager.insert(StoredItem, items.slice(at, at + ITEMS_PER_STATEMENT));
    });
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
    if (affected !== 0) await this.items.delete({ responseId: id });
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
    if (rows.length > 0) {
      const ids = rows.map(({ id }) => id);
      await this.items.delete({ responseId: In(ids) });
      await this.rows.delete(ids);
    }
    return rows.length;
  }
}
