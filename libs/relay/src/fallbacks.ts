import { PriceBook } from '@app/billing';
import { ChannelIndex } from '@app/channels';
import { isCallersFault } from '@app/providers';
import { allowsModel, fallbacksFor } from '@app/users';
import { Injectable } from '@nestjs/common';
import { neededFor } from './operations';
import type { Failure, RelayRequest } from './relay.types';

const none: readonly string[] = [];

/** Which models stand in for the one asked for, as the caller's group says. */
@Injectable()
export class Fallbacks {
  constructor(
    private readonly channels: ChannelIndex,
    private readonly prices: PriceBook,
  ) {}

  /** In order; only what the key may use, somebody serves and has a price. */
  of(request: RelayRequest): readonly string[] {
    const { caller, model } = request;
    const chain = fallbacksFor(caller.routing, model);
    // What a stored conversation goes on with is bound to its model.
    if (chain.length === 0 || request.past) return none;
    return chain.filter((name) => this.isUsable(request, name));
  }

  /** The model to ask after this failure; null: none. A caller's fault stays one, unless a longer text fits elsewhere. */
  after(failure: Failure, model: string, chain: readonly string[]): string | null {
    if (!isCallersFault(failure.kind)) return chain[0] ?? null;
    if (failure.kind !== 'context_length') return null;
    return chain.find((name) => this.isLonger(name, model)) ?? null;
  }

  isServed({ caller, operation }: RelayRequest, model: string): boolean {
    return this.channels.serves(caller.group, model, neededFor(operation));
  }

  private isUsable(request: RelayRequest, model: string): boolean {
    return allowsModel(request.caller, model) && this.isServed(request, model) && this.prices.find(model) !== undefined;
  }

  /** Known to take more; where nothing is known of either, it may. */
  private isLonger(model: string, than: string): boolean {
    const [window, other] = [model, than].map((name) => this.prices.entry(name)?.contextWindow);
    return !window || !other || window > other;
  }
}
