import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';
import type { GroupRouting } from './group-routing';

/** A price and routing class. Its limits hold for each of its users, over all their keys. */
@Entity('groups')
export class GroupEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name: string;

  /** Parts per million. */
  @Column(bigintColumn({ name: 'multiplier_ppm' }))
  multiplierPpm: number;

  @Column({ type: 'int', nullable: true })
  rpm: number | null;

  @Column({ type: 'int', nullable: true })
  tpm: number | null;

  @Column({ type: 'int', nullable: true })
  concurrency: number | null;

  /** Null: the plain way. */
  @Column(jsonColumn<GroupRouting>({ nullable: true }))
  routing: GroupRouting | null;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;
}
