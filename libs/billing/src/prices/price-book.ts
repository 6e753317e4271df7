import { Injectable, Logger } from '@nestjs/common';
import { messageOf } from '@app/core';
import type { Settings } from '@app/config';
import type { ChangeBus } from '@app/platform/bus';
import type { PricedModel } from './catalogue/catalogue';
import { type CallPrice, callPriceOf, type Circumstances } from './call-price';
import type { Price } from './price';
import type { ModelPriceRepository } from './model-price.repository';
import { priceSettings } from './prices.settings';

const RELOAD_RETRY_MS = 1_000;
const FREE: Price = { inputPerMTok: 0, outputPerMTok: 0, unpriced: true };

/**
 * All prices, in memory on every node. A name of its own beats a prefix (`gpt-4o*`), a longer prefix a shorter one; under one
 * name the operator's price beats the catalogue's.
 */
@Injectable()
export class PriceBook {
  readonly #logger = new Logger('PriceBook');
  #models: ReadonlyMap<string, PricedModel> = new Map();
  #prefixes: readonly (readonly [prefix: string, model: PricedModel])[] = [];
  #loading: Promise<void> = Promise.resolve();
  #retry?: NodeJS.Timeout;
  #unsubscribe = (): void => undefined;

  constructor(
    private readonly catalogue: readonly PricedModel[],
    private readonly repository: ModelPriceRepository,
    private readonly settings: Settings,
    private readonly bus: ChangeBus,
  ) {}

  /** Reads the stored prices and listens for changes. Must end before anything asks for a price. */
  async start(): Promise<this> {
    this.#unsubscribe = this.bus.subscribe('prices.changed', () => this.#reload());
    await this.#load();
    return this;
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
    clearTimeout(this.#retry);
  }

  /** Undefined: the model has no price and must be refused. With `billing.allowUnpriced` it is free instead. */
  find(model: string): Price | undefined {
    return this.entry(model)?.price ?? (this.settings.get(priceSettings.allowUnpriced) ? FREE : undefined);
  }

  /** What one call costs, fixed for as long as it runs. Undefined as with `find`. */
  callPrice(model: string, circumstances: Circumstances): CallPrice | undefined {
    const price = this.find(model);
    return price && callPriceOf(price, circumstances);
  }

  /** What is known of a model under its own name or a prefix. */
  entry(model: string): PricedModel | undefined {
    return this.#models.get(model) ?? this.#prefixes.find(([prefix]) => model.startsWith(prefix))?.[1];
  }

  /** Every entry, by name. */
  list(): readonly PricedModel[] {
    return [...this.#models.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** One after the other, so that an older answer of the database never replaces a newer one. */
  #reload(): Promise<void> {
    clearTimeout(this.#retry);
    this.#loading = this.#loading
      .then(() => this.#load())
      .catch((error: unknown) => {
        this.#logger.error(`cannot read the changed prices, trying again: ${messageOf(error)}`);
        this.#retry = setTimeout(() => void this.#reload(), RELOAD_RETRY_MS).unref();
      });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const stored = await this.repository.all();
    const models = new Map([...this.catalogue, ...stored].map((model) => [model.id, model]));
    this.#prefixes = [...models.values()]
      .filter(({ id }) => id.endsWith('*'))
      .map((model) => [model.id.slice(0, -1), model] as const)
      .sort(([a], [b]) => b.length - a.length);
    this.#models = models;
  }
}
