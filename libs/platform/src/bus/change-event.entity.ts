import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '../database';

/** One change, on its way to the nodes that have not heard it. Kept for a day. */
@Entity('change_events')
export class ChangeEvent {
  /** Given in the order of the inserts, not of their commits. */
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ type: 'varchar', length: 100 })
  topic: string;

  /** A `Json`; TypeORM's types do not survive its recursion. */
  @Column(jsonColumn<object>({ nullable: true }))
  payload: string | number | boolean | object | null;

  /** The process that published it. */
  @Column({ name: 'node_id', type: 'varchar', length: 190 })
  nodeId: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;
}
