import { Injectable } from '@nestjs/common';
import { invalid, notFound } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import type { PricedModel } from './catalogue/catalogue';
import { isModelId } from './import/listing';
import type { ModelPrice } from './model-price.entity';
import { ModelPriceRepository, operatorModel } from './model-price.repository';
import type { Price } from './price';
import { PriceBook } from './price-book';

export interface ModelPriceInput {
  readonly owner?: string | null;
  /** Nano-USD; see `Price`. */
  readonly price: Price;
  readonly contextWindow?: number | null;
  readonly endpoints?: readonly string[];
}

/** What operators do to prices. */
@Injectable()
export class PriceService {
  constructor(
    private readonly repository: ModelPriceRepository,
    private readonly book: PriceBook,
    private readonly bus: ChangeBus,
  ) {}

  /** Sets the operator's price of a model or prefix; what is not given is taken from the entry it replaces. */
  async put(id: string, input: ModelPriceInput, actorId: string | null): Promise<PricedModel> {
    if (!isModelId(id)) throw invalid('id', 'must be a model name, or a prefix of names with * at its end');
    const before = this.book.entry(id);
    const row: ModelPrice = {
      id,
      owner: input.owner ?? before?.owner ?? null,
      price: input.price,
      contextWindow: input.contextWindow ?? before?.contextWindow ?? null,
      endpoints: input.endpoints ?? before?.endpoints ?? ['chat'],
      source: null,
      sourceDate: null,
      updatedAt: Date.now(),
      updatedBy: actorId,
    };
    await this.repository.put(row);
    await this.bus.publish('prices.changed', { id });
    return operatorModel(row);
  }

  /** Removes the operator's price; the catalogue's, where there is one, is in force again. Throws `not_found`. */
  async remove(id: string): Promise<void> {
    if (!(await this.repository.delete(id))) throw notFound('operator price of this model');
    await this.bus.publish('prices.changed', { id });
  }
}
