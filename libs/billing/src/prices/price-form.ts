import { DomainError, type FieldError, nanoToUsd, usdToNano } from '@app/core';
import { FormReader, type Json, type Read } from './form-reader';
import { mapRates, type Price, type RateChange, rateNames, toolNames, weekdays } from './price';
import { isClock, isZone } from './time-window';

/**
 * A price as the HTTP API and price files write it: USD instead of nano-USD, `multiplier` (1 leaves it as it is) instead of parts per
 * million; otherwise member for member a `Price`.
 */
export type PriceForm = Readonly<Record<string, unknown>>;

const MOST_USD = 1_000_000;
const MOST_MULTIPLIER = 1_000;
const MOST_TOKENS = 1_000_000_000;
const PPM = 1_000_000;
/** As JSON: what every database takes, and a log row keeps, with room to spare. */
const MOST_LENGTH = 12_000;

const usd: Read = (value, path, form) => {
  if (typeof value !== 'number' || !(value >= 0 && value <= MOST_USD))
    return form.refuse(path, `must be an amount of USD from 0 to ${MOST_USD}`);
  try {
    return usdToNano(value);
  } catch {
    return form.refuse(path, 'has more than 9 decimals');
  }
};

const multiplier: Read = (value, path, form) => {
  if (typeof value !== 'number' || !(value >= 0 && value <= MOST_MULTIPLIER))
    return form.refuse(path, `must be a number from 0 to ${MOST_MULTIPLIER}`);
  const ppm = Math.round(value * PPM);
  return ppm / PPM === value ? ppm : form.refuse(path, 'must have at most 6 decimals');
};

const aboveTokens: Read = (value, path, form) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_TOKENS
    ? value
    : form.refuse(path, `must be a whole number from 1 to ${MOST_TOKENS}`);

const word =
  (pattern: RegExp, what: string): Read =>
  (value, path, form) =>
    typeof value === 'string' && pattern.test(value) ? value : form.refuse(path, `must be ${what}`);

const clock: Read = (value, path, form) =>
  typeof value === 'string' && isClock(value) ? value : form.refuse(path, 'must be a time like 16:30');
const zone: Read = (value, path, form) =>
  typeof value === 'string' && value.length <= 60 && isZone(value)
    ? value
    : form.refuse(path, 'must be a time zone like Asia/Shanghai');
const days: Read = (value, path, form) =>
  Array.isArray(value) && value.length > 0 && value.every((day) => (weekdays as readonly unknown[]).includes(day))
    ? [...new Set(value)]
    : form.refuse(path, `must be a list of ${weekdays.join(', ')}`);

const all = <N extends string>(names: readonly N[], read: Read) =>
  Object.fromEntries(names.map((name) => [name, read])) as Record<N, Read>;

const rates = all(rateNames, usd);
const tools: Read = (value, path, form) => form.object(value, path, all(toolNames, usd));
const longContext: Read = (value, path, form) =>
  form.list(value, path, 10, (one, at) => form.object(one, at, { ...rates, aboveTokens }, ['aboveTokens']));

const change = { ...rates, longContext, tools, multiplier };
const changeOf: Read = (value, path, form) => asPpm(form.object(value, path, change));

const mediaRow = {
  size: word(/^[\w.:x*-]{1,40}$/, 'a size like 1024x1536'),
  quality: word(/^[\w.-]{1,40}$/, 'a quality like high'),
  perImage: usd,
  perSecond: usd,
};

const media: Read = (value, path, form) =>
  form.list(value, path, 50, (one, at) => {
    const row = form.object(one, at, mediaRow);
    if (row && row.size === undefined && row.quality === undefined) return form.refuse(at, 'needs a size or a quality');
    if (row && row.perImage === undefined && row.perSecond === undefined)
      return form.refuse(at, 'needs perImage or perSecond');
    return row;
  });

const windows: Read = (value, path, form) =>
  form.list(value, path, 10, (one, at) =>
    asPpm(form.object(one, at, { ...change, from: clock, to: clock, zone, days }, ['from', 'to', 'zone'])),
  );

const members: Readonly<Record<string, Read>> = {
  ...rates,
  longContext,
  tools,
  media,
  windows,
  serviceTiers: (value, path, form) => form.record(value, path, 10, /^[A-Za-z0-9_.-]{1,40}$/, changeOf),
  groups: (value, path, form) => form.record(value, path, 50, /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,63}$/u, changeOf),
};

export type ReadPrice =
  | { readonly price: Price; readonly errors?: never }
  | { readonly errors: readonly FieldError[]; readonly price?: never };

/** Never throws: what is wrong is told field by field, below `path`. Input or output that is left out is free. */
export function readPrice(value: unknown, path = 'prices'): ReadPrice {
  const form = new FormReader();
  const read = form.object(value, path, members);
  if (read && Object.keys(read).length === 0) form.refuse(path, 'needs at least one price; a free model has one of 0');
  else if (JSON.stringify(read)?.length > MOST_LENGTH) form.refuse(path, 'is too long: too many rates');
  if (form.errors.length > 0) return { errors: form.errors };
  // Every member was read as its type says.
  return { price: { inputPerMTok: 0, outputPerMTok: 0, ...read } as Price };
}

/** Throws `invalid` with every wrong field. */
export function priceOfForm(value: unknown, path = 'prices'): Price {
  const { price, errors } = readPrice(value, path);
  if (price) return price;
  const summary = errors.slice(0, 5).map((error) => `${error.path}: ${error.message}`);
  throw new DomainError('invalid', summary.join('; '), { errors });
}

/** As `readPrice` takes it. */
export const formOf = (price: Price): PriceForm => multipliers(mapRates(price, nanoToUsd)) as PriceForm;

const asPpm = (form: Json | undefined): Json | undefined => {
  if (!form || form.multiplier === undefined) return form;
  const { multiplier: multiplierPpm, ...rest } = form;
  return { ...rest, multiplierPpm };
};

function multipliers(price: Price): Json {
  const { windows: parts, serviceTiers, groups, unpriced: _unpriced, ...rest } = price;
  return {
    ...rest,
    ...(serviceTiers && { serviceTiers: eachOf(serviceTiers) }),
    ...(parts && { windows: parts.map(asMultiplier) }),
    ...(groups && { groups: eachOf(groups) }),
  };
}

const eachOf = (changes: Readonly<Record<string, RateChange>>) =>
  Object.fromEntries(Object.entries(changes).map(([name, one]) => [name, asMultiplier(one)]));

const asMultiplier = ({ multiplierPpm, ...rest }: RateChange): Json => ({
  ...rest,
  ...(multiplierPpm !== undefined && { multiplier: multiplierPpm / PPM }),
});
