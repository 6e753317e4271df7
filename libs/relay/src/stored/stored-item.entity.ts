import { Entity, PrimaryColumn } from 'typeorm';

/** In which answer an item was said, so that a later call can refer to it. */
@Entity('stored_items')
export class StoredItem {
  /** `msg_…`, `rs_…` */
  @PrimaryColumn({ type: 'varchar', length: 200 })
  id: string;

  @PrimaryColumn({ name: 'response_id', type: 'varchar', length: 200 })
  responseId: string;
}
