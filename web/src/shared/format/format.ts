/**
 * Numbers as people read them, in the console's language. Money is USD; small amounts keep three significant digits
 * because one call may cost a hundred-thousandth of a dollar. Null means "not known" and is a dash.
 */
export interface Format {
  money(usd: number | null | undefined): string;
  /** 12,345 */
  count(value: number | null | undefined): string;
  /** 12.3K */
  compact(value: number | null | undefined): string;
  percent(ratio: number): string;
  /** 420 ms, 1.25 s, 2 min 5 s */
  duration(ms: number | null | undefined): string;
  /** 3 minutes ago */
  relative(iso: string, now: number): string;
  dateTime(iso: string): string;
  date(iso: string): string;
  hour(iso: string): string;
  /** A UTC day bucket: Nov 23 */
  day(iso: string): string;
}

export const DASH = '–';

export function createFormat(language: string): Format {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options);
  const money = moneyFormat(language);
  const plain = number({ maximumFractionDigits: 2 });
  const compact = number({ notation: 'compact', maximumFractionDigits: 1 });
  const percent = number({ style: 'percent', maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const hour = new Intl.DateTimeFormat(language, { hour: 'numeric' });
  const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'narrow' });
  return {
    money: known(money),
    count: known((value) => plain.format(value)),
    compact: known((value) => (Math.abs(value) < 10_000 ? plain.format(value) : compact.format(value))),
    percent: (ratio) => percent.format(ratio),
    duration: known((ms) => duration(ms, plain)),
    relative: (iso, now) => relative(Date.parse(iso) - now, ago),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    date: (iso) => date.format(new Date(iso)),
    hour: (iso) => hour.format(new Date(iso)),
    day: (iso) => day.format(new Date(iso)),
  };
}

const known =
  (write: (value: number) => string) =>
  (value: number | null | undefined): string =>
    value === null || value === undefined ? DASH : write(value);

function moneyFormat(language: string): (usd: number) => string {
  const usd = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  const normal = new Intl.NumberFormat(language, usd);
  const small = new Intl.NumberFormat(language, { ...usd, maximumSignificantDigits: 3, minimumSignificantDigits: 2 });
  return (amount) => (amount !== 0 && Math.abs(amount) < 1 ? small.format(amount) : normal.format(amount));
}

function duration(ms: number, plain: Intl.NumberFormat): string {
  const whole = Math.round(ms);
  if (whole < 1000) return `${whole} ms`;
  if (ms < 60_000) return `${plain.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

function relative(deltaMs: number, ago: Intl.RelativeTimeFormat): string {
  const [unit, size] = steps.find(([, ms]) => Math.abs(deltaMs) >= ms) ?? (['second', 1000] as const);
  return ago.format(Math.trunc(deltaMs / size), unit);
}
