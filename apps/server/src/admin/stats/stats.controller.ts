import { Get, Query } from '@nestjs/common';
import { DomainError, nanoToUsd } from '@app/core';
import { Statistics, type UsagePoint, type UsageRange } from '@app/logs';
import { isAtLeast, type Principal } from '@app/users';
import { AdminController, CurrentUser, iso, visibleUser } from '../http';
import { StatsRangeDto, UsagePointDto, UsageSeriesDto, UsageStatsQueryDto, UsageSummaryDto } from './stats.dto';

const DAY_MS = 86_400_000;
/** How far a range goes back when nobody said. */
const usualDays = { hour: 1, day: 30 } as const;

/** Sums over the usage log: of everybody for administrators, of oneself for everybody else. */
@AdminController('stats')
export class StatsController {
  constructor(private readonly statistics: Statistics) {}

  /** One line about a range, the last 24 hours unless said. */
  @Get('summary')
  async summary(@Query() query: StatsRangeDto, @CurrentUser() actor: Principal): Promise<UsageSummaryDto> {
    const range = rangeOf(query, actor, usualDays.hour);
    const { costNano, ...sums } = await this.statistics.summary(range);
    return { from: iso(range.from), to: iso(range.to), ...sums, costUsd: nanoToUsd(costNano) };
  }

  /** A point per hour or day and model, user, channel or token. */
  @Get('usage')
  async usage(@Query() query: UsageStatsQueryDto, @CurrentUser() actor: Principal): Promise<UsageSeriesDto> {
    const { bucket, by } = query;
    if (by === 'channel' && !isAtLeast(actor.role, 'admin')) {
      throw new DomainError('forbidden', 'only administrators see channels');
    }
    const range = rangeOf(query, actor, usualDays[bucket]);
    const { points, truncated } = await this.statistics.usage(range, bucket, by);
    return { items: points.map(pointDto), truncated };
  }
}

function rangeOf(query: StatsRangeDto, actor: Principal, days: number): UsageRange {
  const to = query.to === undefined ? Date.now() : Date.parse(query.to);
  const from = query.from === undefined ? to - days * DAY_MS : Date.parse(query.from);
  return { from, to, userId: visibleUser(actor, query.userId) };
}

const pointDto = ({ bucket, costNano, ...point }: UsagePoint): UsagePointDto => ({
  ...point,
  bucket: iso(bucket),
  costUsd: nanoToUsd(costNano),
});
