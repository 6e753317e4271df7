import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';
import type { SettingValue } from './setting';

/** Key of the row whose `version` is the revision of the whole table. */
export const REVISION_KEY = '$revision';

/** A difference from the declared default. The row `$revision` holds no value, only the number of changes made so far. */
@Entity('settings')
export class StoredSetting {
  @PrimaryColumn({ type: 'varchar', length: 150 })
  key: string;

  /** JSON; of a secret, the sealed text. */
  @Column(jsonColumn<SettingValue>({ nullable: true }))
  value: SettingValue | null;

  /** The revision that wrote this row. */
  @Column(bigintColumn())
  version: number;

  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;

  @Column({ name: 'updated_by', type: 'varchar', length: 36, nullable: true })
  updatedBy: string | null;
}
