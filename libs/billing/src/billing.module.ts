import { messageOf } from '@app/core';
import { Global, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ChannelsModule } from '@app/channels';
import { LogsModule } from '@app/logs';
import { PricesModule } from './prices/prices.module';
import { ReconciliationJobs } from './reconciliation/reconciliation.jobs';
import { Reconciliation } from './reconciliation/reconciliation.service';
import { DeadLetters } from './settlement/dead-letters';
import { RecoveryService } from './settlement/recovery.service';
import { SettlementRepository } from './settlement/settlement.repository';
import { SettlementWriter } from './settlement/settlement.writer';
import { HoldService } from './wallets/holds.service';
import { WalletRepository } from './wallets/wallet.repository';
import { WalletService } from './wallets/wallet.service';

const RECOVER_MS = 60_000;

@Global()
@Module({
  imports: [LogsModule, ChannelsModule, PricesModule],
  providers: [
    DeadLetters,
    WalletRepository,
    WalletService,
    HoldService,
    SettlementRepository,
    SettlementWriter,
    RecoveryService,
    Reconciliation,
    ReconciliationJobs,
  ],
  exports: [Reconciliation, WalletService, HoldService, SettlementWriter, PricesModule],
})
export class BillingModule implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Recovery');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly recovery: RecoveryService) {}

  /** What is known to be dead is recovered before the first call; a writer in another container is known to be only later. */
  async onModuleInit(): Promise<void> {
    await this.recovery.recover();
    this.timer = setInterval(() => {
      this.recovery.recover().catch((error: unknown) => this.log.error(`journals of dead nodes: ${messageOf(error)}`));
    }, RECOVER_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
