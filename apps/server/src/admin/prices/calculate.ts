import {
  type BillableUsage,
  callPriceOf,
  explainCall,
  type Price,
  type PriceBook,
  priceOfForm,
  UNIT_PPM,
} from '@app/billing';
import { DomainError, invalid, nanoToUsd } from '@app/core';
import { type Groups, isAtLeast, type Principal } from '@app/users';
import { chargeOfExplanation } from '../http/charge.mapper';
import type { CalculatePriceDto, CalculationDto } from './calculate.dto';

interface Known {
  readonly book: PriceBook;
  readonly groups: Groups;
}

/** Throws `invalid` where there is no price to calculate with, `forbidden` for what only administrators may try out. */
export function calculation(wish: CalculatePriceDto, actor: Principal, { book, groups }: Known): CalculationDto {
  const { group = actor.group, multiplier, at, usage } = wish;
  const own = group === actor.group && multiplier === undefined;
  if (!own && !isAtLeast(actor.role, 'admin'))
    throw new DomainError('forbidden', 'only administrators see other groups');
  const multiplierPpm = multiplier === undefined ? groups.get(group).multiplierPpm : Math.round(multiplier * UNIT_PPM);
  const circumstances = { group, multiplierPpm, at: at === undefined ? Date.now() : Date.parse(at) };
  const call = callPriceOf(priceIn(wish, book), circumstances);
  const explanation = explainCall(call, counted(usage));
  return { costUsd: nanoToUsd(explanation.totalNano), ...chargeOfExplanation(explanation) };
}

function priceIn({ model, prices }: CalculatePriceDto, book: PriceBook): Price {
  if ((model === undefined) === (prices === undefined)) throw invalid('model', 'needs either this or prices');
  if (prices !== undefined) return priceOfForm(prices);
  const price = book.find(model!); // one of the two is there
  if (!price) throw invalid('model', 'has no price: calls to it are refused');
  return price;
}

function counted(usage: CalculatePriceDto['usage']): BillableUsage {
  const tools = Object.entries(usage.tools ?? {});
  const wrong = tools.find(([, count]) => !Number.isInteger(count) || count < 0 || count > 1_000_000_000);
  if (wrong) throw invalid(`usage.tools.${wrong[0]}`, 'must be a whole number');
  return usage;
}
