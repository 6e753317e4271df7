import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';
import type { UpstreamProtocol } from '@app/providers';
import type { ChannelSettings } from './channel-settings';

/** `disabled` is an operator's decision, `auto_disabled` ours; neither is ever turned into the other. */
export type ChannelStatus = 'enabled' | 'disabled' | 'auto_disabled';

/** An upstream account: where it is, what it serves, to whom, and how often. */
@Entity('channels')
export class ChannelEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 128 })
  name: string;

  /** The id of a record in @app/providers. */
  @Column({ type: 'varchar', length: 64 })
  provider: string;

  /** Null: the provider's own. */
  @Column({ name: 'base_url', type: 'varchar', length: 2048, nullable: true })
  baseUrl: string | null;

  /** Null: the provider's own. */
  @Column(jsonColumn<UpstreamProtocol[]>({ nullable: true }))
  protocols: readonly UpstreamProtocol[] | null;

  @Column(jsonColumn<string[]>())
  models: readonly string[];

  /** Requested name → upstream's name. Its keys are served as well as `models`. */
  @Column(jsonColumn<Record<string, string>>({ name: 'model_mapping' }))
  modelMapping: Readonly<Record<string, string>>;

  @Column(jsonColumn<string[]>({ name: 'group_names' }))
  groups: readonly string[];

  @Column(jsonColumn<string[]>())
  tags: readonly string[];

  @Column(jsonColumn<ChannelSettings>())
  settings: ChannelSettings;

  /** See `proxyContext`. Null: the upstream is called directly. */
  @Column({ name: 'sealed_proxy', type: 'text', nullable: true })
  sealedProxy: string | null;

  /** The proxy without its user and password. */
  @Column({ name: 'proxy_preview', type: 'varchar', length: 2048, nullable: true })
  proxyPreview: string | null;

  /** Higher goes first. */
  @Column({ type: 'int' })
  priority: number;

  /** Share among channels of the same priority; 0: only when no other of them can. */
  @Column({ type: 'int' })
  weight: number;

  @Column({ type: 'varchar', length: 16 })
  status: ChannelStatus;

  @Column({ name: 'status_reason', type: 'varchar', length: 500, nullable: true })
  statusReason: string | null;

  /** Moving average of the time to the first byte. */
  @Column({ name: 'response_time_ms', type: 'int', nullable: true })
  responseTimeMs: number | null;

  /** What the upstream last said is left on the account; null: it does not say. */
  @Column(bigintColumn({ name: 'balance_nano', nullable: true }))
  balanceNano: number | null;

  /** What callers were charged for answers of this channel, ever. */
  @Column(bigintColumn({ name: 'used_nano' }))
  usedNano: number;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  /** Moves with everything that routing depends on, and with nothing else. */
  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;
}
