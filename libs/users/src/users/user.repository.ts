import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource, type EntityManager } from 'typeorm';
import { transact } from '@app/platform/database';
import { ApiKeyEntity } from '../api-keys/api-key.entity';
import { type Listed, type ListRequest, prefixEnd } from '../paging';
import { SessionEntity } from '../sessions/session.entity';
import type { Role } from './roles';
import { type User, UserEntity } from './user.entity';

export const userSortFields = ['createdAt', 'username'] as const;
export type UserSortField = (typeof userSortFields)[number];

/** What a password check needs. */
export interface StoredCredentials {
  readonly user: User;
  readonly passwordHash: string;
}

@Injectable()
export class UserRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return transact(this.dataSource, work);
  }

  hasRoot(): Promise<boolean> {
    return this.dataSource.manager.existsBy(UserEntity, { rootMarker: 1 });
  }

  findRoot(): Promise<User | null> {
    return this.dataSource.manager.findOneBy(UserEntity, { rootMarker: 1 });
  }

  find(id: string): Promise<User | null> {
    return this.dataSource.manager.findOneBy(UserEntity, { id });
  }

  async credentials(by: { username: string } | { id: string }): Promise<StoredCredentials | null> {
    const secret = { id: true, passwordHash: true } as const;
    const stored = await this.dataSource.manager.findOne(UserEntity, { where: by, select: secret });
    const user = stored && (await this.find(stored.id));
    return user && { user, passwordHash: stored.passwordHash };
  }

  /** `q` is the beginning of a username or an address, or a whole id. */
  async list({ offset, limit, by, descending, q }: ListRequest<UserSortField>): Promise<Listed<User>> {
    const direction = descending ? 'DESC' : 'ASC';
    const query = this.dataSource.manager.createQueryBuilder(UserEntity, 'user');
    if (q !== undefined) {
      const text = q.normalize('NFKC').toLowerCase();
      const range = { text, end: prefixEnd(text), id: q };
      query.where(
        new Brackets((either) =>
          either
            .where('user.username >= :text AND user.username < :end', range)
            .orWhere('user.email >= :text AND user.email < :end', range)
            .orWhere('user.id = :id', range),
        ),
      );
    }
    query.orderBy(`user.${by}`, direction).addOrderBy('user.id', direction).skip(offset).take(limit);
    const [items, total] = await query.getManyAndCount();
    return { items, total };
  }

  async insert(manager: EntityManager, user: UserEntity): Promise<void> {
    await manager.insert(UserEntity, user);
  }

  /** False when the user is gone or no longer has the role the change was allowed for. */
  async update(
    manager: EntityManager,
    target: { id: string; role: Role },
    changes: Partial<UserEntity>,
  ): Promise<boolean> {
    const { affected } = await manager.update(UserEntity, { id: target.id, role: target.role }, changes);
    return affected === 1;
  }

  /** Deletes the user with all their sessions and keys. False as in `update`. */
  async delete(manager: EntityManager, target: { id: string; role: Role }): Promise<boolean> {
    const { affected } = await manager.delete(UserEntity, { id: target.id, role: target.role });
    if (affected !== 1) return false;
    await manager.delete(SessionEntity, { userId: target.id });
    await manager.delete(ApiKeyEntity, { userId: target.id });
    return true;
  }
}
