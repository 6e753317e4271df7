import { MetricsRegistry } from '@app/platform/metrics';
import { Recurring } from '@app/platform/schedule';
import { Injectable } from '@nestjs/common';
import { Reconciliation } from './reconciliation.service';

const DAY_MS = 86_400_000;

/** Every night (UTC), on one node; and what it last found, for whoever watches. */
@Injectable()
export class ReconciliationJobs {
  constructor(
    private readonly reconciliation: Reconciliation,
    metrics: MetricsRegistry,
  ) {
    metrics.gauge({
      name: 'one_api_reconciliation_differences',
      help: 'What the latest comparison of ledger, balances, leases, usage log and journals found to differ',
      async collect() {
        const [latest] = await reconciliation.list(1).catch(() => []);
        if (latest) this.set(latest.differenceCount);
      },
    });
  }

  @Recurring({ name: 'billing.reconcile', everyMs: DAY_MS })
  async reconcile(): Promise<void> {
    await this.reconciliation.run('schedule');
  }
}
