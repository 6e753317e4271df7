import { invalid, nanoToUsd } from '@app/core';
import { type Price, type PricedModel, priceOfUsd, type Rates } from '@app/billing';
import type { ModelDto, PricesDto, RatesDto } from './models.dto';

export const modelDto = ({ price, ...model }: PricedModel): ModelDto => ({ ...model, prices: pricesDto(price) });

/** Nano-USD; what the body left out stays out. Throws `invalid` when there is no price in it at all. */
export function priceOf({ longContext, ...rates }: PricesDto): Price {
  const given = present(rates);
  if (Object.keys(given).length === 0) throw invalid('prices', 'needs at least one price; a free model has one of 0');
  return priceOfUsd({
    inputPerMTok: 0,
    outputPerMTok: 0,
    ...given,
    ...(longContext && {
      longContext: longContext.map((long) => ({ ...present(long), aboveTokens: long.aboveTokens })),
    }),
  });
}

const pricesDto = ({ longContext, ...rates }: Price): PricesDto => ({
  ...inUsd(rates),
  ...(longContext && {
    longContext: longContext.map(({ aboveTokens, ...long }) => ({ ...inUsd(long), aboveTokens })),
  }),
});

const inUsd = (rates: Partial<Rates>): RatesDto =>
  Object.fromEntries(Object.entries(rates).map(([name, nano]) => [name, nanoToUsd(nano)]));

/** class-transformer makes a field of every declared one, undefined where the body had none. */
const present = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
