import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';

/** One operation on the control plane: who did what to what, from where. Rows are only ever added. */
export interface AuditRow {
  readonly id: string;
  readonly createdAt: number;
  /** The user; null for the system itself and for callers who could not sign in. */
  readonly actorId: string | null;
  /** Noun and verb: `channel.update`, `settings.change`. */
  readonly action: string;
  /** What it was done to: `channel:<id>`; null where the action says it all. */
  readonly target: string | null;
  readonly ip: string | null;
  /** What changed, as a JSON object with every secret masked. */
  readonly changes: unknown;
}

@Entity('audit_logs')
export class AuditEntry implements AuditRow {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column({ name: 'actor_id', type: 'varchar', length: 36, nullable: true })
  actorId: string | null;

  @Column({ type: 'varchar', length: 100 })
  action: string;

  @Column({ type: 'varchar', length: 300, nullable: true })
  target: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  ip: string | null;

  @Column(jsonColumn<unknown>({ nullable: true }))
  changes: unknown;
}
