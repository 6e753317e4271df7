import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '@app/platform/database';
import type { Role, UserStatus } from './roles';

@Entity('users')
export class UserEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** Canonical (see `canonicalUsername`). */
  @Column({ type: 'varchar', length: 64 })
  username: string;

  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  /** argon2id. Only read where a password is checked. */
  @Column({ name: 'password_hash', type: 'varchar', length: 255, select: false })
  passwordHash: string;

  @Column({ type: 'varchar', length: 16 })
  role: Role;

  /** 1 on the root account, null on all others: its unique index is what makes two roots impossible. */
  @Column({ name: 'root_marker', type: 'int', nullable: true })
  rootMarker: number | null;

  @Column({ type: 'varchar', length: 16 })
  status: UserStatus;

  @Column({ name: 'group_name', type: 'varchar', length: 64 })
  group: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;
}

/** A user as everybody but the password check sees it. */
export type User = Omit<UserEntity, 'passwordHash' | 'rootMarker'>;
