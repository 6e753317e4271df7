import { type Price, priceOfUsd } from '../price';

/** A model with its list price as its vendor publishes it. */
export interface CatalogueModel {
  /** The model's name at its vendor, or a prefix of names with `*` at its end. */
  readonly id: string;
  /** Dated or alternative names that cost the same. */
  readonly aliases?: readonly string[];
  /** USD: per million tokens, or for one; see `Rates`. */
  readonly prices: Price;
  /** Tokens. */
  readonly contextWindow?: number;
  /** Words of `Operation` in @app/providers. */
  readonly endpoints?: readonly string[];
  /** Where and when this one's figures were read, when not as those of its vendor. */
  readonly source?: string;
  readonly sourceDate?: string;
}

export interface VendorCatalogue {
  readonly owner: string;
  /** Where the figures were read, and when: on the vendor's page, or in a transcription of it. */
  readonly source: string;
  readonly sourceDate: string;
  readonly models: readonly CatalogueModel[];
}

/** A model as the price book holds it, from the catalogue or from an operator. */
export interface PricedModel {
  readonly id: string;
  readonly owner: string | null;
  /** Nano-USD. */
  readonly price: Price;
  readonly contextWindow: number | null;
  readonly endpoints: readonly string[];
  readonly origin: 'catalogue' | 'operator';
  readonly source: string | null;
  readonly sourceDate: string | null;
}

/** One entry per name, aliases included. */
export const pricedModels = (vendors: readonly VendorCatalogue[]): PricedModel[] =>
  vendors.flatMap((vendor) =>
    vendor.models.flatMap((model) =>
      [model.id, ...(model.aliases ?? [])].map((id) => ({
        id,
        owner: vendor.owner,
        price: priceOfUsd(model.prices),
        contextWindow: model.contextWindow ?? null,
        endpoints: model.endpoints ?? ['chat'],
        origin: 'catalogue' as const,
        source: model.source ?? vendor.source,
        sourceDate: model.sourceDate ?? vendor.sourceDate,
      })),
    ),
  );
