import { MetricsRegistry } from '@app/platform/metrics';
import { Injectable } from '@nestjs/common';
import { BackgroundRuns } from './background-runs';
import { PendingTurns } from './pending-turns';

/** How much is under way, and what was lost. */
@Injectable()
export class StoredMetrics {
  constructor(metrics: MetricsRegistry, turns: PendingTurns, runs: BackgroundRuns) {
    const gauge = (name: string, help: string, value: () => number): unknown =>
      metrics.gauge({
        name,
        help,
        collect() {
          this.set(value());
        },
      });
    gauge('one_api_responses_pending', 'Answers to be kept that are not yet in the database', () => turns.count);
    gauge('one_api_responses_dropped', 'Answers that could not be kept since the start', () => turns.droppedCount);
    gauge('one_api_responses_background', 'Background answers that are being made', () => runs.count);
  }
}
