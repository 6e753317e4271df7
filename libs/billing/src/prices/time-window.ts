import { type TimeWindow, type Weekday, weekdays } from './price';

interface LocalTime {
  /** Minutes since midnight. */
  readonly minute: number;
  /** Index into `weekdays`. */
  readonly day: number;
}

const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1_440;

/** Whether the moment (epoch milliseconds) lies in the window, by the clock and the calendar of its zone. */
export function holds({ from, to, zone, days }: TimeWindow, at: number): boolean {
  const { minute, day } = localTime(zone, at);
  const begin = minutesOf(from);
  const end = minutesOf(to);
  if (begin < end) return minute >= begin && minute < end && isOn(days, day);
  // Over midnight: what is past it belongs to the day before. Both ends alike: a whole day.
  if (minute >= begin) return isOn(days, day);
  return minute < end && isOn(days, (day + 6) % 7);
}

const isOn = (days: readonly Weekday[] | undefined, day: number): boolean =>
  !days || days.includes(weekdays[day] as Weekday);

const clock = /^([01]\d|2[0-3]):([0-5]\d)$/;

export const isClock = (text: string): boolean => clock.test(text);

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** What each zone's clock showed when it was last looked at: calendars are slow, and calls come many to the minute. */
const shown = new Map<string, { readonly minute: number; readonly local: LocalTime }>();
/** There are about 600 zones; names differ in case. */
const MAX_ZONES = 2_000;

function localTime(zone: string, at: number): LocalTime {
  const minute = Math.floor(at / MINUTE_MS);
  const last = shown.get(zone);
  if (last?.minute === minute) return last.local;
  const local = read(formatOf(zone), at);
  if (shown.size >= MAX_ZONES) shown.clear();
  shown.set(zone, { minute, local });
  return local;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format) return format;
  const options = { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  format = new Intl.DateTimeFormat('en-US', options);
  if (formats.size >= MAX_ZONES) formats.clear();
  formats.set(zone, format);
  return format;
}

function read(format: Intl.DateTimeFormat, at: number): LocalTime {
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const minute = Number(part.get('hour')) * 60 + Number(part.get('minute'));
  return {
    minute: minute % MINUTES_PER_DAY,
    day: weekdays.indexOf((part.get('weekday') ?? '').toLowerCase() as Weekday),
  };
}
