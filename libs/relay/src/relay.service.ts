import { type CallPrice, chargeOf, type Hold, HoldService, SettlementWriter } from '@app/billing';
import type { Route } from '@app/channels';
import { Settings } from '@app/config';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable } from '@nestjs/common';
import { Attempts, failureError } from './attempts';
import { asRelayError, holdOrder } from './charge';
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
  ) {}

  /** Throws RelayError when nothing has reached the caller; the call is then logged and costs nothing. */
  async relay(request: RelayRequest, reply: Reply): Promise<Relayed> {
    const story = this.begin(request);
    let hold: Hold | null = null;
    try {
      const price = this.tariff.priceOf(request);
      story.price = price;
      const placed = this.hold(request, price, story);
      story.hold = hold = placed instanceof Promise ? await placed : placed;
      const result = await this.attempts.run(request, reply, story);
      return this.settle(request, reply, story, result, hold);
    } catch (error) {
      const refusal = asRelayError(error);
      const row = refusedRow(story, refusal);
      if (hold?.isOpen) hold.release(row);
      else if (!hold) this.writer.record(row);
      throw refusal;
    }
  }

  private begin(request: RelayRequest): Story {
    const call = openCall(request, this.env.nodeId);
    return { call, price: null, attempts: [], route: null, firstByteAt: null, dropped: null, hold: null };
  }

  private hold(request: RelayRequest, price: CallPrice, { call }: Story): Hold | Promise<Hold> {
    const { caller, inputTokens } = request;
    const wire = wireFor(request);
    const limit = wire.outputLimit(request.body);
    const also = wire.alsoHolds?.(request.body);
    const output = limit ?? this.settings.get(relaySettings['hold.outputTokens']);
    const terms = { ...wire.asked?.(request.body), ...askedTier(price, request) };
    return this.holds.place(
      holdOrder(call, caller, price, {
        most: { input: inputTokens, output, ...terms, ...also },
        least: { input: inputTokens, output: 1 },
      }),
    );
  }

  private settle(request: RelayRequest, reply: Reply, story: Story, result: AttemptResult, hold: Hold): Relayed {
    if (result.kind === 'failed') throw failureError(result.failure);
    const metered = meter(request, result);
    const cost = metered && story.price ? chargeOf(story.price, metered.usage) : 0;
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
