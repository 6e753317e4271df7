import { SettlementWriter } from '@app/billing';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable } from '@nestjs/common';
import { Attempts } from '../attempts';
import { failureError } from '../failure-error';
import { asRelayError } from '../charge';
import { countBody, countedRequest } from '../lanes/count-tokens';
import { answeredRow, type Metered, openCall, outcomeOf, refusedRow, rowOf, type Story } from '../receipt';
import type { RelayError } from '../relay.errors';
import type { Ending, RelayRequest, Reply } from '../relay.types';
import { Tariff } from '../tariff';
import { countChat } from './count-chat';

export interface Counted {
  readonly ending: Ending;
  /** Nobody who knows could be asked: the gateway counted. */
  readonly estimated: boolean;
}

const nothingUsed = { input: 0, output: 0 };

/** Counts what a conversation would take in. It costs nothing, as it costs nothing anywhere, and uses up no tokens. */
@Injectable()
export class TokenCounter {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly tariff: Tariff,
    private readonly attempts: Attempts,
    private readonly writer: SettlementWriter,
  ) {}

  /** Throws RelayError for the caller's own faults; a failure of upstreams only makes the count less exact. */
  async count(request: RelayRequest, reply: Reply): Promise<Counted> {
    const story = storyOf(request, this.env.nodeId);
    try {
      this.tariff.assertServed({ caller: request.caller, model: request.model });
      return await this.counted(request, reply, story);
    } catch (error) {
      const refusal = asRelayError(error);
      this.writer.record(refusedRow(story, refusal));
      throw refusal;
    }
  }

  private async counted(request: RelayRequest, reply: Reply, story: Story): Promise<Counted> {
    const result = await this.attempts.run(request, reply, story);
    if (result.kind === 'failed') {
      const error = failureError(result.failure);
      if (isCallersFault(error)) throw error;
      return this.countedHere(request, reply, story);
    }
    this.writer.record(answeredRow(story, result, result.kind === 'answered' ? free('upstream') : null, 0));
    if (reply.isGone || result.kind !== 'answered') return { ending: { kind: 'nothing' }, estimated: false };
    const { contentType, rest } = result;
    return { ending: { kind: 'body', status: 200, contentType, body: rest }, estimated: false };
  }

  private countedHere(request: RelayRequest, reply: Reply, story: Story): Counted {
    story.dropped = null;
    reply.dropped([]);
    const tokens = countChat(countedRequest(request));
    this.writer.record(rowOf(story, outcomeOf('completed'), free('estimated'), 0));
    const body = Buffer.from(JSON.stringify(countBody(tokens, request)), 'utf8');
    return { ending: { kind: 'body', status: 200, contentType: 'application/json', body }, estimated: true };
  }
}

const free = (source: Metered['source']): Metered => ({ usage: nothingUsed, source });

const isCallersFault = ({ code }: RelayError): boolean => code === 'invalid_request_error';

function storyOf(request: RelayRequest, nodeId: string): Story {
  const call = openCall(request, nodeId);
  return { call, price: null, attempts: [], route: null, firstByteAt: null, dropped: null, hold: null };
}
