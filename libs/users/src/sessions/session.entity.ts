import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '@app/platform/database';

/** One sign-in on one device: the family of all refresh tokens that follow from it. Ending it deletes the row. */
@Entity('sessions')
export class SessionEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  /** Number of the refresh token in force; lower ones have been used. */
  @Column({ type: 'int' })
  generation: number;

  @Column(bigintColumn({ name: 'rotated_at' }))
  rotatedAt: number;

  @Column({ type: 'varchar', length: 64 })
  ip: string;

  @Column({ name: 'user_agent', type: 'varchar', length: 255 })
  userAgent: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ name: 'last_seen_at' }))
  lastSeenAt: number;

  @Column(bigintColumn({ name: 'expires_at' }))
  expiresAt: number;
}
