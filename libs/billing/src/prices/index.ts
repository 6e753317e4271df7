/** prices: what each model costs: the built-in catalogue, the operator's own prices over it, and the arithmetic. */
import { Prices1764000000007 } from './migrations/1764000000007-prices';
import { PriceSources1764000000320 } from './migrations/1764000000320-price-sources';
import { ModelPrice } from './model-price.entity';

export { pricedModels, type PricedModel } from './catalogue/catalogue';
export { ModelPriceRepository } from './model-price.repository';
export { callPriceOf, type CallPrice, type Circumstances, UNIT_PPM } from './call-price';
export { chargeOf, type Cost, costOf, type CostLine, isFree, type Multiplier, totalOf } from './cost';
export { explain, explainCall, type Explanation, type ExplanationLine, keptPrice, type KeptPrice } from './kept-price';
export { mapRates, priceOfUsd, rateNames, toolNames, weekdays } from './price';
export type {
  LongContextRates,
  MediaRates,
  Price,
  RateChange,
  Rates,
  TimeWindow,
  ToolName,
  ToolRates,
  Weekday,
} from './price';
export { isClock, isZone } from './time-window';
export type { BillableUsage, LineItem, UsageItem } from './usage';
export { formOf, priceOfForm, type PriceForm, readPrice } from './price-form';
export { PriceBook } from './price-book';
export { PriceService, type ModelPriceInput } from './price.service';
export { priceSettings } from './prices.settings';
export { PricesModule } from './prices.module';

export * from './import';

export const priceEntities = [ModelPrice];
export const priceMigrations = [Prices1764000000007, PriceSources1764000000320];
