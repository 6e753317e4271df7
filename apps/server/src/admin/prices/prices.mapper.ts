import { type ComparedList, formOf, type ListSource } from '@app/billing';
import { invalid } from '@app/core';
import type { PricesDto } from '../http/prices.dto';
import type { ComparedPricesDto, ComparePricesDto } from './prices.dto';

const MOST_BAD = 500;

/** Throws `invalid` unless the list is named in exactly one way. */
export function sourceOf({ url, document, name, token, vendors }: ComparePricesDto): ListSource {
  if ((url === undefined) === (document === undefined)) throw invalid('url', 'needs either this or a document');
  return { url, document, name, token, vendors };
}

export function comparedDto({ items, equal, digest, source, listing }: ComparedList): ComparedPricesDto {
  const { format, shadowed, bad, vendors } = listing;
  return {
    format,
    source,
    digest,
    items: items.map(({ id, kind, before, after, differences }) => ({
      id,
      kind,
      owner: after?.owner ?? before?.owner ?? null,
      origin: before?.origin ?? null,
      before: before && pricesDto(before),
      after: after && pricesDto(after),
      differences: [...differences],
    })),
    equal,
    shadowed,
    bad: bad.slice(0, MOST_BAD),
    badCount: bad.length,
    vendors,
  };
}

// The form's members are those of the DTO, which documents them.
const pricesDto = ({ price }: { readonly price: Parameters<typeof formOf>[0] }) =>
  formOf(price) as unknown as PricesDto;
