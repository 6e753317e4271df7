import { type CallPrice, chargeOf, type Hold, HoldService, SettlementWriter } from '@app/billing';
import type { Route } from '@app/channels';
import { Settings } from '@app/config';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable } from '@nestjs/common';
import { Attempts } from './attempts';
import { asRelayError, holdOrder } from './charge';
import { billable } from './chat/usage';
import { failureError } from './failure-error';
import { Fallbacks } from './fallbacks';
import { answeredRow, meter, openCall, refusedRow, type Story } from './receipt';
import { relaySettings } from './relay.settings';
import type { AttemptResult, Ending, RelayRequest, Reply } from './relay.types';
import { wireFor } from './operations';
import { Tariff } from './tariff';

/** What is left to do for the server: give the caller the rest, and tell the limiter what was used. */
export interface Relayed {
  readonly ending: Ending;
  readonly usedTokens: number;
  /** The answer has come to its end. */
  readonly isWhole: boolean;
  /** Who answered. */
  readonly route: Route | null;
}

/** One call from hold to receipt. The story on one page: price → hold → attempts → settle or release → the rest of the answer. */
@Injectable()
export class RelayService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly settings: Settings,
    private readonly tariff: Tariff,
    private readonly holds: HoldService,
    private readonly attempts: Attempts,
    private readonly writer: SettlementWriter,
    private readonly fallbacks: Fallbacks,
  ) {}

  /** Throws RelayError when nothing has reached the caller; the call is then logged and costs nothing. */
  async relay(request: RelayRequest, reply: Reply): Promise<Relayed> {
    const story = this.begin(request);
    let hold: Hold | null = null;
    try {
      const chain = this.fallbacks.of(request);
      const [first, others] = this.opening(request, chain, reply, story);
      story.price = this.tariff.priceOf(first);
      const placed = this.hold(first, story.price, others, story);
      story.hold = hold = placed instanceof Promise ? await placed : placed;
      const result = await (others.length > 0
        ? this.inTurn(first, others, reply, story)
        : this.attempts.run(first, reply, story));
      return this.settle(request, reply, story, result, hold);
    } catch (error) {
      const refusal = asRelayError(error);
      const row = refusedRow(story, refusal);
      if (hold?.isOpen) hold.release(row);
      else if (!hold) this.writer.record(row);
      throw refusal;
    }
  }

  /** The model asked for, or the first that stands in where nobody serves it; and who is left. */
  private opening(
    request: RelayRequest,
    chain: readonly string[],
    reply: Reply,
    story: Story,
  ): readonly [RelayRequest, readonly string[]] {
    const [standIn, ...others] = chain;
    if (standIn === undefined || this.fallbacks.isServed(request, request.model)) return [request, chain];
    return [this.standIn(request, standIn, reply, story), others];
  }

  /** The model asked for, then those that stand in for it, until one answers or nobody else may. */
  private async inTurn(
    first: RelayRequest,
    chain: readonly string[],
    reply: Reply,
    story: Story,
  ): Promise<AttemptResult> {
    const limits = this.attempts.limits();
    for (let [asked, left] = [first, chain]; ;) {
      const result = await this.attempts.run(asked, reply, story, limits);
      if (result.kind !== 'failed' || reply.isGone || Date.now() >= limits.beginsBy) return result;
      const model = this.fallbacks.after(result.failure, asked.model, left);
      if (model === null) return result;
      left = left.slice(left.indexOf(model) + 1);
      asked = this.standIn(first, model, reply, story);
      story.price = this.tariff.priceOf(asked);
    }
  }

  private standIn(request: RelayRequest, model: string, reply: Reply, story: Story): RelayRequest {
    const named = request.named ?? request.model;
    story.requestedModel = named;
    story.call = { ...story.call, model };
    reply.served(model);
    return { ...request, model, named };
  }

  private begin(request: RelayRequest): Story {
    const call = openCall(request, this.env.nodeId);
    return { call, price: null, attempts: [], route: null, firstByteAt: null, dropped: null, hold: null };
  }

  /** Enough for whichever of the models answers. */
  private hold(
    request: RelayRequest,
    price: CallPrice,
    others: readonly string[],
    { call }: Story,
  ): Hold | Promise<Hold> {
    const { caller, inputTokens } = request;
    const wire = wireFor(request);
    const limit = wire.outputLimit(request.body);
    const also = wire.alsoHolds?.(request.body);
    const output = limit ?? this.settings.get(relaySettings['hold.outputTokens']);
    const orderAt = (at: CallPrice) => {
      const terms = { ...wire.asked?.(request.body), ...askedTier(at, request) };
      return holdOrder(call, caller, at, {
        most: { input: inputTokens, output, ...terms, ...also },
        least: { input: inputTokens, output: 1 },
      });
    };
    const order = orderAt(price);
    if (others.length === 0) return this.holds.place(order);
    const amounts = others.map((model) => orderAt(this.tariff.priceOf({ ...request, model })).amount);
    return this.holds.place({ ...order, amount: Math.max(order.amount, ...amounts) });
  }

  private settle(request: RelayRequest, reply: Reply, story: Story, result: AttemptResult, hold: Hold): Relayed {
    if (result.kind === 'failed') throw failureError(result.failure);
    const metered = meter(request, result);
    const cost = metered && story.price ? chargeOf(story.price, billable(metered.usage)) : 0;
    const row = answeredRow(story, result, metered, cost);
    if (metered) hold.settle(row, metered.source === 'upstream' ? 'known' : 'unknown');
    else hold.release(row);
    return {
      ending: ending(reply, result),
      usedTokens: row.inputTokens + row.outputTokens,
      isWhole: result.kind === 'answered',
      route: story.route,
    };
  }
}

/** The service tier the caller asks for, where the price knows any. What served the call is only known from its answer. */
function askedTier({ serviceTiers }: CallPrice, { body }: RelayRequest): { readonly serviceTier?: string } {
  const tier = serviceTiers && (body.value('service_tier') ?? body.value('serviceTier'));
  return typeof tier === 'string' ? { serviceTier: tier } : {};
}

/** What the caller still has to be given. */
function ending(reply: Reply, result: Exclude<AttemptResult, { kind: 'failed' }>): Ending {
  if (reply.isGone || result.kind === 'abandoned' || result.rest === null) return { kind: 'nothing' };
  if (result.kind === 'broken' || result.begun) return { kind: 'tail', bytes: result.rest };
  return { kind: 'body', status: 200, contentType: result.contentType, body: result.rest };
}
