import { Statement } from '@app/platform/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

const addUsed = new Statement('UPDATE channels SET used_nano = used_nano + :nano WHERE id = :id');

/** The running total of what channels were used for. Written by billing, inside its transactions. */
@Injectable()
export class ChannelUsageRepository {
  /** Adds nano-USD to each channel's total; channels that were deleted meanwhile are passed over. */
  async addUsed(manager: EntityManager, used: ReadonlyMap<string, number>): Promise<void> {
    // In the order of ids: two nodes that settle the same channels do not wait for each other in a circle.
    for (const [id, nano] of [...used].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!Number.isSafeInteger(nano)) throw new RangeError(`not nano-USD: ${nano}`);
      await addUsed.run(manager, { id, nano });
    }
  }
}
