import { PriceBook } from '@app/billing';
import { ChannelIndex } from '@app/channels';
import { RelayError } from '@app/relay';
import { allowsModel, type Caller } from '@app/users';
import { Injectable } from '@nestjs/common';
import type { KnownCaller } from './authenticator';
import { type ListedModel, type ModelShape, shapeFor } from './model-shapes';
import type { Call } from './relay.listener';
import { sendJson } from './send';

const PREFIX = /^\/v1(beta)?\/models\//;

/** Which models a key may use: what its group's channels serve, less what the key does not allow; in the caller's protocol. */
@Injectable()
export class ModelsEndpoint {
  constructor(
    private readonly channels: ChannelIndex,
    private readonly prices: PriceBook,
  ) {}

  readonly list = (call: Call, { caller }: KnownCaller): void => {
    const models = this.usable(caller).map((model) => this.describe(model));
    sendJson(call, 200, this.shape(call).list(models, new URLSearchParams(call.location.query)));
  };

  readonly one = (call: Call, { caller }: KnownCaller): void => {
    const model = decode(call.location.path.replace(PREFIX, ''));
    if (!this.channels.serves(caller.group, model) || !allowsModel(caller, model)) {
      throw new RelayError('model_not_found', `The model '${model}' does not exist or is not available to you.`, {
        param: 'model',
      });
    }
    sendJson(call, 200, this.shape(call).one(this.describe(model)));
  };

  private shape({ req, location }: Call): ModelShape {
    return shapeFor(location.path, req.headers);
  }

  private usable(caller: Caller): string[] {
    return this.channels
      .models(caller.group)
      .filter((model) => allowsModel(caller, model))
      .sort();
  }

  private describe(id: string): ListedModel {
    const known = this.prices.entry(id);
    return { id, owner: known?.owner ?? 'one-api', contextWindow: known?.contextWindow ?? null };
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
