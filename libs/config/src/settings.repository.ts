import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { transact } from '@app/platform/database';
import { REVISION_KEY, StoredSetting } from './stored-setting.entity';
import type { SettingValue } from './setting';

/** The stored differences, and the revision they belong to. */
export interface StoredSettings {
  readonly revision: number;
  readonly values: ReadonlyMap<string, SettingValue | null>;
}

/** `value` null puts a setting back to its default. */
export interface SettingWrite {
  readonly key: string;
  readonly value: SettingValue | null;
}

@Injectable()
export class SettingsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** One statement, so values and revision fit each other. */
  async load(): Promise<StoredSettings> {
    const rows = await this.dataSource.manager.find(StoredSetting);
    const revision = rows.find((row) => row.key === REVISION_KEY)?.version ?? 0;
    return {
      revision,
      values: new Map(rows.filter((row) => row.key !== REVISION_KEY).map((row) => [row.key, row.value])),
    };
  }

  /** All writes or none. False when `revision` is no longer the current one: nothing was written then. */
  async save(
    revision: number,
    writes: readonly SettingWrite[],
    stamp: { actorId: string | null; at: number },
  ): Promise<boolean> {
    return transact(this.dataSource, async (manager) => {
      const next = { version: revision + 1, updatedAt: stamp.at, updatedBy: stamp.actorId };
      // The conditional update also locks the row: concurrent savers queue here, and all but the first find it moved on.
      const moved = await manager.update(StoredSetting, { key: REVISION_KEY, version: revision }, next);
      if (moved.affected !== 1) return false;
      await reset(
        manager,
        writes.filter((write) => write.value === null).map((write) => write.key),
      );
      await store(
        manager,
        writes.filter((write) => write.value !== null).map((write) => ({ ...write, ...next })),
      );
      return true;
    });
  }
}

async function reset(manager: EntityManager, keys: string[]): Promise<void> {
  if (keys.length > 0) await manager.delete(StoredSetting, keys);
}

async function store(manager: EntityManager, rows: StoredSetting[]): Promise<void> {
  if (rows.length === 0) return;
  await manager
    .createQueryBuilder()
    .insert()
    .into(StoredSetting)
    .values(rows)
    .orUpdate(['value', 'version', 'updated_at', 'updated_by'], ['key'])
    .updateEntity(false)
    .execute();
}
