import { Inject, Injectable, Logger } from '@nestjs/common';
import { ENV, type Env } from '@app/platform/env';
import { type AbandonedJournal, claimAbandoned } from '@app/platform/journal';
import { join } from 'node:path';
import { WalletRepository } from '../wallets/wallet.repository';
import { type BillingRecord, type EndRecord, type HoldRecord, rowOfKilled } from './records';
import { SettlementRepository } from './settlement.repository';

const BATCH = 200;

/** At start: what dead processes left in their journals is settled or released, and their allowances return to the wallets. */
@Injectable()
export class RecoveryService {
  private readonly log = new Logger('Recovery');

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly settlements: SettlementRepository,
    private readonly wallets: WalletRepository,
  ) {}

  /** Call before the first request is accepted. */
  async recover(): Promise<void> {
    for (const journal of claimAbandoned(join(this.env.dataDir, 'journal'), this.env.nodeId)) {
      const { ended, killed } = await this.replay(journal);
      await this.wallets.releaseNode(journal.owner.nodeId);
      journal.remove();
      if (ended + killed > 0) {
        this.log.warn(
          `node ${journal.owner.nodeId} had died: ${ended} ended calls checked, ${killed} open holds released`,
        );
      }
    }
  }

  private async replay(journal: AbandonedJournal): Promise<{ ended: number; killed: number }> {
    const open = new Map<string, HoldRecord>();
    const { nodeId } = journal.owner;
    let batch: EndRecord[] = [];
    let ended = 0;
    for await (const entry of journal.records()) {
      const record = entry as BillingRecord;
      if (record.kind === 'hold') open.set(record.call.id, record);
      else {
        open.delete(record.row.id);
        batch.push(record);
        ended += 1;
      }
      if (batch.length < BATCH) continue;
      await this.write(nodeId, batch);
      batch = [];
    }
    await this.write(nodeId, batch);
    const killed = [...open.values()].map((hold): EndRecord => ({ ...hold, kind: 'end', row: rowOfKilled(hold.call) }));
    for (let at = 0; at < killed.length; at += BATCH) await this.write(nodeId, killed.slice(at, at + BATCH));
    return { ended, killed: killed.length };
  }

  private async write(nodeId: string, batch: readonly EndRecord[]): Promise<void> {
    if (batch.length === 0) return;
    await this.settlements.settle(nodeId, batch, { checkDuplicates: true });
  }
}
