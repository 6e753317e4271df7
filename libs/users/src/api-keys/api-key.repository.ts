import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource, type EntityManager, In } from 'typeorm';
import { containsPattern, transact } from '@app/platform/database';
import { type Listed, type ListRequest } from '../paging';
import { UserEntity } from '../users/user.entity';
import { ApiKeyEntity } from './api-key.entity';
import type { KeyRecord } from './caller';

export const apiKeySortFields = ['createdAt', 'name', 'lastUsedAt'] as const;
export type ApiKeySortField = (typeof apiKeySortFields)[number];

/** Never used is longest ago: databases disagree on where null belongs. */
const columns: Readonly<Record<ApiKeySortField, string>> = {
  createdAt: 'key.createdAt',
  name: 'key.name',
  lastUsedAt: 'last_used',
};

@Injectable()
export class ApiKeyRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return transact(this.dataSource, work);
  }

  find(id: string): Promise<ApiKeyEntity | null> {
    return this.dataSource.manager.findOneBy(ApiKeyEntity, { id });
  }

  /** The key with what its user contributes; null when either is gone. */
  async record(keyHash: string): Promise<KeyRecord | null> {
    const key = await this.dataSource.manager.findOneBy(ApiKeyEntity, { keyHash });
    const user = key && (await this.dataSource.manager.findOneBy(UserEntity, { id: key.userId }));
    if (!user) return null;
    const { id, name, status, ...rest } = key;
    return { ...rest, keyId: id, keyName: name, keyStatus: status, userStatus: user.status, userGroup: user.group };
  }

  countOfUser(userId: string): Promise<number> {
    return this.dataSource.manager.countBy(ApiKeyEntity, { userId });
  }

  /** `q` is part of a name, or a whole id. */
  async list(
    { offset, limit, by, descending, q }: ListRequest<ApiKeySortField>,
    filter: { readonly userId?: string },
  ): Promise<Listed<ApiKeyEntity>> {
    const direction = descending ? 'DESC' : 'ASC';
    const query = this.dataSource.manager.createQueryBuilder(ApiKeyEntity, 'key');
    query.addSelect('COALESCE(key.lastUsedAt, 0)', 'last_used');
    if (filter.userId !== undefined) query.andWhere('key.userId = :userId', { userId: filter.userId });
    if (q !== undefined) {
      const like = { pattern: containsPattern(q.toLowerCase()), id: q };
      query.andWhere(
        new Brackets((either) =>
          either.where(`LOWER(key.name) LIKE :pattern ESCAPE '!'`, like).orWhere('key.id = :id', like),
        ),
      );
    }
    query.orderBy(columns[by], direction).addOrderBy('key.id', direction).offset(offset).limit(limit);
    const [items, total] = await query.getManyAndCount();
    return { items, total };
  }

  async insert(manager: EntityManager, key: ApiKeyEntity): Promise<void> {
    await manager.insert(ApiKeyEntity, key);
  }

  /** False when the key is gone, or no longer the one with this hash: it was rotated meanwhile. */
  async update({ id, keyHash }: ApiKeyEntity, changes: Partial<ApiKeyEntity>): Promise<boolean> {
    const { affected } = await this.dataSource.manager.update(ApiKeyEntity, { id, keyHash }, changes);
    return affected === 1;
  }

  async delete(id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(ApiKeyEntity, { id });
    return affected === 1;
  }

  async markUsed(ids: readonly string[], at: number): Promise<void> {
    await this.dataSource.manager.update(ApiKeyEntity, { id: In(ids) }, { lastUsedAt: at });
  }
}
