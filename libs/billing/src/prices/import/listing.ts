import type { Price } from '../price';

/** One model of a price list, read and found to be in order. */
export interface ListedPrice {
  readonly id: string;
  readonly owner: string | null;
  /** Nano-USD. */
  readonly price: Price;
  readonly contextWindow: number | null;
  /** Absent: the list does not say. */
  readonly endpoints?: readonly string[];
}

/** A row that cannot be taken over, and why. `row`: its name in the list. */
export interface BadRow {
  readonly row: string;
  readonly reason: string;
}

export interface PriceListing {
  readonly format: ListFormat;
  readonly rows: readonly ListedPrice[];
  readonly bad: readonly BadRow[];
  /** Rows left out because another one of the list has the same name and goes before it. */
  readonly shadowed: number;
  /** The vendors the list names, whatever was asked for. */
  readonly vendors: readonly string[];
}

export const listFormats = ['one-api', 'litellm', 'models-dev', 'ratios'] as const;
export type ListFormat = (typeof listFormats)[number];

export interface ReadOptions {
  /** Only these vendors, by the list's own names for them; the first goes before the others where both name a model. */
  readonly vendors?: readonly string[];
}

/** What a format's reader finds, before rows of one name are sorted out. */
export interface FoundRow extends ListedPrice {
  readonly vendor: string | null;
  /** Of several rows with one name, the lowest counts. */
  readonly rank: number;
}

export interface Found {
  readonly rows: readonly FoundRow[];
  readonly bad: readonly BadRow[];
}

export type FormatReader = (list: unknown, options: ReadOptions) => Found;

/** Longer than any list there is; each row costs time and memory. */
export const MOST_ROWS = 20_000;

/** The characters of a model's name, and a `*` at the end for a prefix. */
export const modelIdPattern = /^[A-Za-z0-9._:/@+-]{1,200}\*?$/;

export const isModelId = (id: string): boolean => modelIdPattern.test(id) && id.length <= 200;
