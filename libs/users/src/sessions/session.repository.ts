import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import { transact } from '@app/platform/database';
import { type User, UserEntity } from '../users/user.entity';
import { SessionEntity } from './session.entity';

/** What one rotation writes. */
export interface Rotation {
  readonly generation: number;
  readonly at: number;
  readonly expiresAt: number;
  readonly ip: string;
  readonly userAgent: string;
}

@Injectable()
export class SessionRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Inserts the session and ends the user's oldest ones beyond `keep`. Returns the ids of those. */
  insert(session: SessionEntity, keep: number): Promise<string[]> {
    return transact(this.dataSource, async (manager) => {
      const { userId } = session;
      const surplus = await manager.find(SessionEntity, {
        select: { id: true },
        where: { userId },
        order: { lastSeenAt: 'DESC', id: 'DESC' },
        skip: keep - 1,
        take: 100,
      });
      const ended = surplus.map(({ id }) => id);
      if (ended.length > 0) await manager.delete(SessionEntity, ended);
      await manager.insert(SessionEntity, session);
      return ended;
    });
  }

  /** With its user, whatever state that is in. */
  async find(id: string): Promise<{ session: SessionEntity; user: User } | null> {
    const session = await this.dataSource.manager.findOneBy(SessionEntity, { id });
    const user = session && (await this.dataSource.manager.findOneBy(UserEntity, { id: session.userId }));
    return user && { session, user };
  }

  /** The sessions of a user that have not run out, last used first. */
  list(userId: string, now: number): Promise<SessionEntity[]> {
    return this.dataSource.manager.find(SessionEntity, {
      where: { userId, expiresAt: MoreThan(now) },
      order: { lastSeenAt: 'DESC', id: 'DESC' },
    });
  }

  /** False when somebody else rotated or ended the session first. */
  async rotate(id: string, { generation, at, expiresAt, ip, userAgent }: Rotation): Promise<boolean> {
    const { affected } = await this.dataSource.manager.update(
      SessionEntity,
      { id, generation },
      { generation: generation + 1, rotatedAt: at, lastSeenAt: at, expiresAt, ip, userAgent },
    );
    return affected === 1;
  }

  /** False when there is no such session. With `userId`: of that user. */
  async delete(id: string, userId?: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(
      SessionEntity,
      userId === undefined ? { id } : { id, userId },
    );
    return affected === 1;
  }

  async deleteOfUser(manager: EntityManager, userId: string, keep: string | null): Promise<void> {
    await manager.delete(SessionEntity, keep === null ? { userId } : { userId, id: Not(keep) });
  }

  async deleteExpired(now: number): Promise<void> {
    await this.dataSource.manager.delete(SessionEntity, { expiresAt: LessThanOrEqual(now) });
  }
}
