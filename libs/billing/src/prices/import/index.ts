/** import: price lists of others, compared with the prices in force and taken over row by row. */
export { type ComparedModel, type Comparison, type Difference } from './compare';
export { type BadRow, type ListedPrice, listFormats, type ListFormat } from './listing';
export { exportOf } from './one-api';
export {
  type Actor,
  type Choice,
  type ComparedList,
  type ImportResult,
  type ListSource,
  PriceImportService,
} from './price-import.service';
