import { formOf, type PricedModel } from '@app/billing';
import type { ModelDto } from './models.dto';
import type { PricesDto } from '../http/prices.dto';

// The form's members are those of the DTO, which documents them.
export const modelDto = ({ price, ...model }: PricedModel): ModelDto => ({
  ...model,
  prices: formOf(price) as unknown as PricesDto,
});
