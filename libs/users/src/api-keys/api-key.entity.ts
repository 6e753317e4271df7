import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';

export const apiKeyStatuses = ['active', 'disabled'] as const;
export type ApiKeyStatus = (typeof apiKeyStatuses)[number];

@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** See `hashKey`. The key itself is stored nowhere. */
  @Column({ name: 'key_hash', type: 'varchar', length: 64 })
  keyHash: string;

  @Column({ name: 'key_preview', type: 'varchar', length: 32 })
  keyPreview: string;

  @Column({ type: 'varchar', length: 16 })
  status: ApiKeyStatus;

  @Column(bigintColumn({ name: 'expires_at', nullable: true }))
  expiresAt: number | null;

  /** Exact names or prefixes with `*`; null for all. */
  @Column(jsonColumn<string[]>({ nullable: true }))
  models: readonly string[] | null;

  @Column(jsonColumn<string[]>({ name: 'allowed_ips', nullable: true }))
  allowedIps: readonly string[] | null;

  /** Used instead of the user's group. */
  @Column({ name: 'group_name', type: 'varchar', length: 64, nullable: true })
  group: string | null;

  @Column({ type: 'int', nullable: true })
  rpm: number | null;

  @Column({ type: 'int', nullable: true })
  tpm: number | null;

  @Column({ type: 'int', nullable: true })
  concurrency: number | null;

  /** The wallet `key:<id>` has a budget to watch. */
  @Column({ type: 'boolean' })
  budgeted: boolean;

  @Column(bigintColumn({ name: 'last_used_at', nullable: true }))
  lastUsedAt: number | null;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;
}

/** A key as its owner sees it. */
export type ApiKey = Omit<ApiKeyEntity, 'keyHash'>;
