import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyEdits,
  BackgroundRuns,
  badRequest,
  Body,
  dropMember,
  isRunning,
  RelayError,
  ResponseStore,
  ResponseTurns,
  setMember,
  type StoredTurn,
} from '@app/relay';
import { Injectable } from '@nestjs/common';
import type { KnownCaller } from './authenticator';
import { type Accepted, GenerateEndpoint } from './generate.endpoint';
import { InFlight } from './in-flight';
import type { Call } from './relay.listener';
import { sendJson } from './send';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
/** How often another node's answer is looked for. */
const LOOK_MS = 1_000;

/** Calls of the Responses API with `background: true`, and the streams of what they answer. */
@Injectable()
export class BackgroundCalls {
  constructor(
    private readonly generate: GenerateEndpoint,
    private readonly turns: ResponseTurns,
    private readonly store: ResponseStore,
    private readonly runs: BackgroundRuns,
    private readonly inFlight: InFlight,
  ) {}

  async start(call: Call, known: KnownCaller, body: Body): Promise<void> {
    this.runs.assertRoom();
    const foreground = foregroundOf(body);
    const turn = await this.turns.open(known.caller, foreground);
    if (!turn.isKept) throw badRequest("Background responses are kept: 'store' must not be false.", 'background');
    const isStreamed = body.value('stream') === true;
    const wanted = { operation: 'chat', model: body.value('model'), stream: true } as const;
    const accepted = await this.generate.accept(call, known, foreground, wanted, turn);
    const onEnd = this.enter(accepted);
    const starting = this.runs.start(accepted.request, turn, { isStreamed, onEnd });
    const { response, answer } = await starting.catch((error: unknown) => {
      onEnd(0);
      throw error;
    });
    call.recorder?.commit();
    if (isStreamed) await sendEvents(call, (signal) => answer.feed.read(0, signal));
    else sendJson(call, 200, response);
  }

  /** The events after `starting_after`, as they come: of a run of this node, or those kept of one that is over. */
  async stream(call: Call, turn: StoredTurn): Promise<void> {
    const from = startingAfter(call) + 1;
    const running = this.runs.find(turn.userId, turn.id);
    if (!turn.background || turn.events?.() == null)
      throw badRequest('Only a response that was created with background and stream can be streamed.', 'stream');
    if (running && from < running.feed.first)
      throw badRequest('These events are not kept any more; fetch the response instead.', 'starting_after');
    if (running) return sendEvents(call, (signal) => running.feed.read(from, signal));
    return sendEvents(call, (signal) => this.kept(turn, from, signal));
  }

  /** Another node's answer is there when it is complete. */
  private async *kept(first: StoredTurn, from: number, signal: AbortSignal): AsyncGenerator<string> {
    let turn: StoredTurn | null = first;
    while (turn && isRunning(turn) && !signal.aborted) {
      await sleep(LOOK_MS);
      turn = await this.store.find(first.userId, first.id);
    }
    yield* turn?.events?.()?.slice(from) ?? [];
  }

  /** The call counts as running until it has ended, for the limits and for a shutdown. */
  private enter({ granted }: Accepted): (usedTokens: number) => void {
    const leave = this.inFlight.enter();
    if (leave) {
      return (usedTokens) => {
        granted.release(usedTokens);
        leave();
      };
    }
    granted.release(0);
    throw new RelayError('unavailable', 'The gateway is shutting down.', { retryAfterMs: 2_000 });
  }
}

/** The same call as the upstream gets it: its stream feeds the events. */
const foregroundOf = (body: Body): Body =>
  Body.parse(applyEdits(body, [...dropMember(body, 'background'), setMember(body, 'stream', true)]));

function startingAfter({ location }: Call): number {
  const text = new URLSearchParams(location.query).get('starting_after');
  const number = text === null ? -1 : Number(text);
  if (Number.isInteger(number) && number >= -1) return number;
  throw badRequest("Invalid 'starting_after': expected the sequence_number of an event.", 'starting_after');
}

/** Sends events as fast as the caller reads; a caller that goes away ends nothing but its own stream. */
async function sendEvents(
  { res, headers, recorder }: Call,
  read: (signal: AbortSignal) => AsyncIterable<string>,
): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  res.once('close', leave);
  if (res.destroyed) return;
  Object.assign(headers, { 'content-type': EVENT_STREAM, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  res.writeHead(200, headers);
  recorder?.begin(200, EVENT_STREAM);
  for await (const frame of read(gone.signal)) {
    recorder?.write(Buffer.from(frame, 'utf8'));
    if (!res.write(frame)) await once(res, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
  if (!gone.signal.aborted) recorder?.end();
  res.end();
}
