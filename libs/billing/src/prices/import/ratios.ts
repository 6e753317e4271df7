import { BadAmount, nanoFor } from './amounts';
import { isObject, type Json, text } from './json';
import type { BadRow, FormatReader, FoundRow } from './listing';
import type { Price } from '../price';

/** A ratio of 1 is $0.002 for a thousand tokens. https://docs.newapi.pro/en/docs/guide/console/settings/rate-settings */
const USD_PER_MTOK = 2;

/**
 * What gateways of the One API family publish at `/api/pricing`: `{data: [{model_name, quota_type, model_ratio, completion_ratio,
 * model_price}]}`, by ratios or, where `quota_type` is 1, in USD for a call. Multipliers of their groups are not taken over.
 */
export const ratios: FormatReader = (list) => {
  const rows: FoundRow[] = [];
  const bad: BadRow[] = [];
  for (const [index, row] of ((list as Json).data as readonly unknown[]).entries()) {
    const id = isObject(row) ? text(row.model_name) : undefined;
    try {
      if (!isObject(row) || !id) throw new BadAmount('has no model_name');
      rows.push({
        id,
        vendor: null,
        rank: 0,
        owner: null,
        price: priceOf(row),
        contextWindow: null,
      });
    } catch (error) {
      if (!(error instanceof BadAmount)) throw error;
      bad.push({ row: id ?? `data[${index}]`, reason: error.message });
    }
  }
  return { rows, bad };
};

function priceOf(row: Json): Price {
  if (row.quota_type === 1) {
    const perRequest = nanoFor(row.model_price, 1, 'model_price');
    if (perRequest === undefined) throw new BadAmount('has no model_price');
    return { inputPerMTok: 0, outputPerMTok: 0, perRequest };
  }
  const inputPerMTok = nanoFor(row.model_ratio, USD_PER_MTOK, 'model_ratio');
  if (inputPerMTok === undefined) throw new BadAmount('has no model_ratio');
  const ratio = row.completion_ratio ?? 1;
  if (typeof ratio !== 'number' || !(ratio >= 0)) throw new BadAmount('completion_ratio is no number');
  // Both ratios are rounded figures of whole prices: 0.25 × 1.33 is what a price of 0.667 became.
  return {
    inputPerMTok,
    outputPerMTok: nanoFor((row.model_ratio as number) * ratio, USD_PER_MTOK, 'completion_ratio') ?? 0,
  };
}
