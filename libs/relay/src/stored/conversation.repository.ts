import { transact } from '@app/platform/database';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThan } from 'typeorm';
import { Conversation, ConversationItem } from './conversation.entity';

const ROWS_PER_STATEMENT = 50;

@Injectable()
export class ConversationRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  find(userId: string, id: string): Promise<Conversation | null> {
    return this.dataSource.manager.findOneBy(Conversation, { id, userId });
  }

  async insert(conversation: Conversation): Promise<void> {
    await this.dataSource.manager.insert(Conversation, conversation);
  }

  /** All items, oldest first, at most `limit`. */
  items(conversationId: string, limit: number): Promise<ConversationItem[]> {
    return this.dataSource.manager.find(ConversationItem, {
      where: { conversationId },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  item(conversationId: string, itemId: string): Promise<ConversationItem | null> {
    return this.dataSource.manager.findOneBy(ConversationItem, { conversationId, itemId });
  }

  /** Adds items to a conversation, all or none, and changes it. False: it is gone. */
  append(
    { id, userId }: Pick<Conversation, 'id' | 'userId'>,
    items: readonly ConversationItem[],
    change: Partial<Omit<Conversation, 'id'>>,
  ): Promise<boolean> {
    return transact(this.dataSource, async (manager) => {
      const { affected } = await manager.update(Conversation, { id, userId }, change);
      if (affected === 0) return false;
      for (let at = 0; at < items.length; at += ROWS_PER_STATEMENT)
        await manager.insert(ConversationItem, items.slice(at, at + ROWS_PER_STATEMENT));
      return true;
    });
  }

  async deleteItem(conversationId: string, itemId: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(ConversationItem, { conversationId, itemId });
    return affected !== 0;
  }

  /** With all its items. */
  delete(userId: string, id: string): Promise<boolean> {
    return transact(this.dataSource, async (manager) => {
      const { affected } = await manager.delete(Conversation, { id, userId });
      if (affected === 0) return false;
      await manager.delete(ConversationItem, { conversationId: id });
      return true;
    });
  }

  /** Deletes up to `limit` conversations not added to since `time`, with their items; returns how many. */
  async deleteBefore(time: number, limit: number): Promise<number> {
    const { manager } = this.dataSource;
    const unused = { usedAt: LessThan(time) };
    const found = await manager.find(Conversation, { select: { id: true }, where: unused, take: limit });
    const ids = found.map(({ id }) => id);
    if (ids.length > 0) {
      await manager.delete(ConversationItem, { conversationId: In(ids) });
      await manager.delete(Conversation, { id: In(ids), ...unused });
    }
    return ids.length;
  }
}
