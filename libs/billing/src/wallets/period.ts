import type { BudgetPeriod } from './wallet.entity';

const DAY_MS = 86_400_000;

/** The end of the budget period that contains `now`, in UTC: midnight, Monday midnight, or the first of next month. Null: never. */
export function periodEnd(period: BudgetPeriod, now: number): number | null {
  const date = new Date(now);
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (period) {
    case 'none':
      return null;
    case 'day':
      return midnight + DAY_MS;
    case 'week':
      return midnight + (7 - ((date.getUTCDay() + 6) % 7)) * DAY_MS;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
}
