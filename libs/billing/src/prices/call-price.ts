import type { LongContextRates, MediaRates, Price, RateChange, Rates, TimeWindow, ToolRates } from './price';
import { holds } from './time-window';

/**
 * What one call costs: fixed before the call is made, whatever prices do while it runs. Who calls and when is decided; what only its
 * end can tell (how much was used, as which service tier) is not. Plain data: the log row keeps it.
 */
export interface CallPrice extends Rates {
  readonly longContext?: readonly LongContextRates[];
  readonly tools?: ToolRates;
  readonly media?: readonly MediaRates[];
  readonly serviceTiers?: Readonly<Record<string, RateChange>>;
  /** Of the caller's group, or of what the price says of that group. 1 000 000 is ×1. */
  readonly multiplierPpm: number;
  /** The price names this group. */
  readonly group?: string;
  /** The time window the call fell into: `16:30–00:30 UTC`. */
  readonly window?: string;
  readonly windowPpm?: number;
  readonly unpriced?: true;
}

/** A multiplier of 1. */
export const UNIT_PPM = 1_000_000;

export interface Circumstances {
  readonly group: string;
  readonly multiplierPpm: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** More groups, multipliers and windows than any price has; then it begins again. */
const MAX_KNOWN = 1_000;

const known = new WeakMap<Price, Map<string | number, CallPrice>>();

/** The same object for all calls in the same circumstances. */
export function callPriceOf(price: Price, { group, multiplierPpm, at }: Circumstances): CallPrice {
  let made = known.get(price);
  if (!made) known.set(price, (made = new Map()));
  const window = price.windows?.find((one) => holds(one, at));
  const groupChange = price.groups && Object.hasOwn(price.groups, group) ? price.groups[group] : undefined;
  // Most prices depend on neither: then the multiplier alone tells them apart.
  const key =
    window || groupChange
      ? `${multiplierPpm} ${window ? price.windows!.indexOf(window) : ''} ${groupChange ? group : ''}`
      : multiplierPpm;
  const found = made.get(key);
  if (found) return found;
  if (made.size >= MAX_KNOWN) made.clear();
  const fresh = make(price, multiplierPpm, window, groupChange && { name: group, change: groupChange });
  made.set(key, fresh);
  return fresh;
}

interface GroupChange {
  readonly name: string;
  readonly change: RateChange;
}

function make(price: Price, multiplierPpm: number, window: TimeWindow | undefined, group?: GroupChange): CallPrice {
  const { windows: _windows, groups: _groups, ...usual } = price;
  const windowed = window ? changed(usual, window) : usual;
  // What is agreed with a group is agreed for all day, and a window's multiplier is still for everybody.
  const grouped = group ? changed(windowed, group.change) : windowed;
  return {
    ...grouped,
    multiplierPpm: group ? (group.change.multiplierPpm ?? UNIT_PPM) : multiplierPpm,
    ...(group && { group: group.name }),
    ...(window && { window: nameOf(window) }),
    ...(window?.multiplierPpm !== undefined && { windowPpm: window.multiplierPpm }),
  };
}

type Changing = Omit<Price, 'windows' | 'groups'>;

function changed(usual: Changing, change: RateChange | TimeWindow): Changing {
  // The circumstance itself is no rate.
  const { multiplierPpm: _ppm, tools, from: _from, to: _to, zone: _zone, days: _days, ...rates } = change as TimeWindow;
  return { ...usual, ...rates, ...(tools && { tools: { ...usual.tools, ...tools } }) };
}

const nameOf = ({ from, to, zone, days }: TimeWindow): string =>
  `${from}–${to} ${zone}${days ? ` (${days.join(', ')})` : ''}`;
