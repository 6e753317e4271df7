import {
  type BillableUsage,
  BillingUnavailable,
  costOf,
  type Hold,
  HoldService,
  InsufficientFunds,
  keyWallet,
  type Price,
  PriceBook,
  SettlementWriter,
  userWallet,
} from '@app/billing';
import { ChannelIndex } from '@app/channels';
import { Settings } from '@app/config';
import { NANO_PER_USD } from '@app/core';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable } from '@nestjs/common';
import { Attempts, failureError } from './attempts';
import { answeredRow, meter, openCall, refusedRow, type Story } from './receipt';
import { RelayError } from './relay.errors';
import { relaySettings } from './relay.settings';
import type { AttemptResult, Ending, RelayRequest, Reply } from './relay.types';
import { wireFor } from './operations';

/** What is left to do for the server: give the caller the rest, and tell the limiter what was used. */
export interface Relayed {
  readonly ending: Ending;
  readonly usedTokens: number;
}

/** One call from hold to receipt. The story on one page: price → hold → attempts → settle or release → the rest of the answer. */
@Injectable()
export class RelayService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly settings: Settings,
    private readonly channels: ChannelIndex,
    private readonly prices: PriceBook,
    private readonly holds: HoldService,
    private readonly attempts: Attempts,
    private readonly writer: SettlementWriter,
  ) {}

  /** Throws RelayError when nothing has reached the caller; the call is then logged and costs nothing. */
  async relay(request: RelayRequest, reply: Reply): Promise<Relayed> {
    const story = this.begin(request);
    let hold: Hold | null = null;
    try {
      const price = this.priceOf(request);
      story.price = price;
      const placed = this.hold(request, price, story);
      hold = placed instanceof Promise ? await placed : placed;
      const result = await this.attempts.run(request, reply, story);
      return this.settle(request, reply, story, result, hold);
    } catch (error) {
      const refusal = asRelayError(error);
      const row = refusedRow(story, refusal);
      if (hold?.isOpen) hold.end(row);
      else if (!hold) this.writer.record(row);
      throw refusal;
    }
  }

  private begin(request: RelayRequest): Story {
    const { multiplierPpm } = request.caller;
    const call = openCall(request, this.env.nodeId);
    return { call, multiplierPpm, price: null, attempts: [], route: null, firstByteAt: null, dropped: null };
  }

  private priceOf({ caller, model }: RelayRequest): Price {
    if (!this.channels.serves(caller.group, model)) {
      throw new RelayError('model_not_found', `The model '${model}' does not exist or is not available to you.`, {
        param: 'model',
      });
    }
    const price = this.prices.find(model);
    if (price) return price;
    throw new RelayError('model_not_priced', `The model '${model}' has no price yet; the operator has to set one.`, {
      param: 'model',
    });
  }

  private hold(request: RelayRequest, price: Price, { call }: Story): Hold | Promise<Hold> {
    const { caller, inputTokens } = request;
    const wire = wireFor(request);
    const limit = wire.outputLimit(request.body);
    const also = wire.alsoHolds?.(request.body);
    const output = limit ?? this.settings.get(relaySettings['hold.outputTokens']);
    const cost = (tokens: BillableUsage) => costOf(price, tokens, caller.multiplierPpm).totalNano;
    const user = userWallet(caller.userId);
    const key = keyWallet(caller.keyId);
    return this.holds.place({
      call,
      pays: caller.budgeted ? [user, key] : [user],
      counts: caller.budgeted ? [] : [key],
      // Whoever has nothing pays for nothing: only a price that is free throughout asks no wallet.
      amount: Math.max(cost({ input: inputTokens, output, ...also }), isFree(price) ? 0 : 1),
      least: () => cost({ input: inputTokens, output: 1 }),
    });
  }

  private settle(request: RelayRequest, reply: Reply, story: Story, result: AttemptResult, hold: Hold): Relayed {
    if (result.kind === 'failed') throw failureError(result.failure);
    const metered = meter(request, result);
    const exact = metered && story.price ? costOf(story.price, metered.usage, story.multiplierPpm).totalNano : 0;
    const cost = Math.min(exact, DEAREST_CALL_NANO);
    const row = answeredRow(story, result, metered, cost);
    hold.end(row);
    return { ending: ending(reply, result), usedTokens: row.inputTokens + row.outputTokens };
  }
}

/** No call costs 10 000 USD: a price or a count is wrong, and the sums of wallets must stay exact. */
const DEAREST_CALL_NANO = 10_000 * NANO_PER_USD;

const isFree = (price: Price): boolean => Object.values(price).every((rate) => rate === 0 || rate === undefined);

/** What the caller still has to be given. */
function ending(reply: Reply, result: Exclude<AttemptResult, { kind: 'failed' }>): Ending {
  if (reply.isGone || result.kind === 'abandoned') return { kind: 'nothing' };
  if (result.kind === 'broken' || result.begun) return { kind: 'tail', bytes: result.rest };
  return { kind: 'body', status: 200, contentType: result.contentType, body: result.rest };
}

function asRelayError(error: unknown): RelayError {
  if (error instanceof RelayError) return error;
  if (error instanceof InsufficientFunds) return new RelayError('insufficient_quota', error.message);
  if (error instanceof BillingUnavailable)
    return new RelayError('unavailable', error.message, { retryAfterMs: 2_000, cause: error });
  return new RelayError('internal_error', 'The gateway failed on this call.', { cause: error });
}
