import { type CallPrice, callPriceOf, PriceBook } from '@app/billing';
import { ChannelIndex } from '@app/channels';
import type { Operation } from '@app/providers';
import type { Caller } from '@app/users';
import { Injectable } from '@nestjs/common';
import { neededFor } from './operations';
import { RelayError } from './relay.errors';

interface Wanted {
  readonly caller: Caller;
  readonly model: string;
  readonly operation?: Operation;
  /** Epoch milliseconds; absent: now. */
  readonly receivedAt?: number;
}

/** What a model costs a caller who may be served it. */
@Injectable()
export class Tariff {
  constructor(
    private readonly channels: ChannelIndex,
    private readonly prices: PriceBook,
  ) {}

  /** Throws 404 where nobody serves the model to the caller, or not for this operation, 403 where it has no price. */
  priceOf(wanted: Wanted): CallPrice {
    this.assertServed(wanted);
    const { model } = wanted;
    const price = this.prices.callPrice(model, circumstancesOf(wanted));
    if (price) return price;
    throw new RelayError('model_not_priced', `The model '${model}' has no price yet; the operator has to set one.`, {
      param: 'model',
    });
  }

  /** Throws 404 where nobody serves the model to the caller, or not for this operation. */
  assertServed({ caller, model, operation }: Wanted): void {
    if (this.channels.serves(caller.group, model, neededFor(operation))) return;
    throw new RelayError('model_not_found', `The model '${model}' does not exist or is not available to you.`, {
      param: 'model',
    });
  }

  /** The price of a model that is used on the side, whoever serves it. */
  knownPriceOf(wanted: Wanted): CallPrice | undefined {
    const price = this.prices.entry(wanted.model)?.price;
    return price && callPriceOf(price, circumstancesOf(wanted));
  }
}

const circumstancesOf = ({ caller: { group, multiplierPpm }, receivedAt }: Wanted) => ({
  group,
  multiplierPpm,
  at: receivedAt ?? Date.now(),
});
