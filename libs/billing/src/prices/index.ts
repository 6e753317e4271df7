/** prices: what each model costs: the built-in catalogue, the operator's own prices over it, and the arithmetic. */
import { Prices1764000000007 } from './migrations/1764000000007-prices';
import { ModelPrice } from './model-price.entity';

export { pricedModels, type PricedModel } from './catalogue/catalogue';
export { ModelPriceRepository } from './model-price.repository';
export { costOf, priceOfUsd, totalOf } from './price';
export type { BillableUsage, Cost, CostLine, LongContextRates, Price, Rates, UsageItem } from './price';
export { PriceBook } from './price-book';
export { PriceService, type ModelPriceInput } from './price.service';
export { priceSettings } from './prices.settings';
export { PricesModule } from './prices.module';

export const priceEntities = [ModelPrice];
export const priceMigrations = [Prices1764000000007];
