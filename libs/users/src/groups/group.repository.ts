import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ApiKeyEntity } from '../api-keys/api-key.entity';
import { UserEntity } from '../users/user.entity';
import { GroupEntity } from './group.entity';

@Injectable()
export class GroupRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  all(): Promise<GroupEntity[]> {
    return this.dataSource.manager.find(GroupEntity, { order: { name: 'ASC' } });
  }

  exists(name: string): Promise<boolean> {
    return this.dataSource.manager.existsBy(GroupEntity, { name });
  }

  /** Inserts it, or replaces what may change of it. */
  async put(group: GroupEntity): Promise<void> {
    await this.dataSource
      .createQueryBuilder()
      .insert()
      .into(GroupEntity)
      .values(group)
      .orUpdate(['multiplier_ppm', 'rpm', 'tpm', 'concurrency', 'routing', 'updated_at'], ['name'])
      .updateEntity(false)
      .execute();
  }

  /** False when there was none. */
  async delete(name: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(GroupEntity, { name });
    return affected === 1;
  }

  /** How many users and keys name the group. */
  async uses(name: string): Promise<number> {
    const users = await this.dataSource.manager.countBy(UserEntity, { group: name });
    return users + (await this.dataSource.manager.countBy(ApiKeyEntity, { group: name }));
  }
}
