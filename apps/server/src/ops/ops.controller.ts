import { timingSafeEqual } from 'node:crypto';
import { SettlementWriter } from '@app/billing';
import { DomainError } from '@app/core';
import { ENV, type Env } from '@app/platform/env';
import { MetricsRegistry } from '@app/platform/metrics';
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Response } from 'express';
import type { DataSource } from 'typeorm';
import { Public } from '../admin/http';

const PROBE_MS = 2_000;

/** What orchestrators and scrapers ask. */
@ApiExcludeController()
@Public()
@Controller()
export class OpsController {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @InjectDataSource() private readonly db: DataSource,
    writer: SettlementWriter,
    private readonly metrics: MetricsRegistry,
  ) {
    metrics.gauge({
      name: 'one_api_settlements_pending',
      help: 'Ended calls that are in the journal and not yet in the database',
      collect() {
        this.set(writer.pendingCount);
      },
    });
  }

  /** The process runs. */
  @Get('healthz')
  health(): object {
    return { status: 'ok' };
  }

  /** It can serve. While the database is away running calls go on, but new accounts of money cannot be opened. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) res: Response): Promise<object> {
    const database = await this.databaseAnswers();
    if (!database) res.status(503);
    return { status: database ? 'ok' : 'unavailable', checks: { database: database ? 'ok' : 'unreachable' } };
  }

  /** Prometheus text; with METRICS_TOKEN set, only to who sends it as a bearer token. */
  @Get('metrics')
  async prometheus(@Headers('authorization') authorization: string | undefined, @Res() res: Response): Promise<void> {
    if (this.env.metricsToken && !sameText(authorization, `Bearer ${this.env.metricsToken}`)) {
      throw new DomainError('unauthorized', 'The metrics need their bearer token.');
    }
    const { contentType, body } = await this.metrics.exposition();
    res.type(contentType).send(body);
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), PROBE_MS)));
    const answer = this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}

function sameText(given: string | undefined, expected: string): boolean {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
