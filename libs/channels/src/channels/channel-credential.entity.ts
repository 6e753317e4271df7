import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '@app/platform/database';
import type { ChannelStatus } from './channel.entity';

export type CredentialStatus = ChannelStatus;

/** One secret of a channel, sealed. */
@Entity('channel_credentials')
export class ChannelCredentialEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'channel_id', type: 'varchar', length: 36 })
  channelId: string;

  /** See `credentialContext`. A channel whose provider needs no key has one row that seals the empty text. */
  @Column({ name: 'sealed_secret', type: 'text' })
  sealedSecret: string;

  /** Enough to recognise it, never enough to use it. */
  @Column({ type: 'varchar', length: 32 })
  preview: string;

  @Column({ type: 'varchar', length: 16 })
  status: CredentialStatus;

  @Column({ name: 'status_reason', type: 'varchar', length: 500, nullable: true })
  statusReason: string | null;

  /** Order within the channel. */
  @Column({ type: 'int' })
  position: number;

  /** When one that was disabled automatically is tried again, epoch milliseconds; null: not by itself. */
  @Column(bigintColumn({ name: 'probe_at', nullable: true }))
  probeAt: number | null;

  /** How often it has been tried since; null: never disabled automatically. */
  @Column({ type: 'int', nullable: true })
  probes: number | null;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;
}

/** What `SecretBox` binds a sealed credential to. */
export const credentialContext = (id: string): string => `credential:${id}`;
