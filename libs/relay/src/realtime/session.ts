import { messageOf, newId } from '@app/core';
import { WebSocket } from 'ws';
import { asRelayError } from '../charge';
import { openaiErrorBody } from '../protocols/openai-errors';
import { type Metered, type Outcome, outcomeOf } from '../receipt';
import { RelayError, type RelayErrorCode } from '../relay.errors';
import type { Conversation, ServerStep } from './conversation';
import type { Upstream } from './dial';
import { type Frame, frameOf } from './frame';
import { ABNORMAL, type Ended, type Goodbye, goodbyeTo, hangUp } from './goodbye';
import { Heartbeat } from './heartbeat';
import { type Handled, Pump } from './pump';
import { answered, type Bill, type SessionBill, type Terms } from './session-bill';
import type { Turn } from './turn';

export interface SessionLimits {
  readonly maxMs: number;
  readonly idleMs: number;
  readonly pingMs: number;
  readonly maxFrameBytes: number;
}

export interface SessionParts {
  readonly client: WebSocket;
  readonly upstream: Upstream;
  readonly conversation: Conversation;
  readonly bill: SessionBill;
  readonly limits: SessionLimits;
  /** What the upstream is told before anything the caller says. */
  readonly opening?: Frame | undefined;
  readonly onEnd: (ended: Ended) => void;
  readonly onFault: (message: string) => void;
}

/** Refusals after which the caller could not go on in any case. */
const fatal: ReadonlySet<RelayErrorCode> = new Set<RelayErrorCode>([
  'insufficient_quota',
  'invalid_api_key',
  'ip_not_allowed',
  'model_not_allowed',
  'model_not_found',
  'model_not_priced',
]);

/** A session may wait for the turn under way when its time is over, but not for ever. */
const LAST_TURN_MS = 30_000;

/**
 * One realtime session: two WebSockets, joined frame by frame. What passes is not changed; what begins a turn waits until that is
 * paid, and what ends one until that is settled.
 */
export class RealtimeSession {
  private readonly bills = new Map<Turn, Bill>();
  private readonly up: Pump;
  private readonly down: Pump;
  private readonly heartbeat: Heartbeat;
  private readonly expiry: NodeJS.Timeout;
  private over = false;
  /** No further turn begins, and the session ends with the last. */
  private leaving: Goodbye | null = null;

  constructor(private readonly parts: SessionParts) {
    const { client, upstream, limits } = parts;
    const { socket } = upstream;
    this.up = this.pump(client, socket, (frame) => this.fromClient(frame));
    this.down = this.pump(socket, client, (frame) => this.fromServer(frame));
    this.heartbeat = new Heartbeat(limits, [
      { socket: client, isStopped: () => this.up.isStopped },
      { socket, isStopped: () => this.down.isStopped },
    ]);
    this.heartbeat.onIdle(() => this.end({ by: 'gateway', code: 1001, reason: 'idle_timeout' }));
    this.expiry = setTimeout(() => this.expire(), limits.maxMs);
  }

  start(): void {
    const { client, upstream, opening } = this.parts;
    const { socket, said } = upstream;
    if (opening) this.up.take(opening);
    client.on('error', () => undefined); // a close follows
    client.on('close', (code, reason) => this.up.finish(() => this.hungUp('client', code, reason)));
    socket.on('close', (code, reason) => this.down.finish(() => this.hungUp('upstream', code, reason)));
    for (const frame of said) this.down.take(frame);
    if (socket.readyState === WebSocket.CLOSED) this.hungUp('upstream', ABNORMAL, Buffer.alloc(0));
    else socket.resume();
  }

  /** Lets the turns under way end, and takes no new ones. */
  retire(goodbye: Goodbye): void {
    this.leaving ??= goodbye;
    this.leaveIfIdle();
  }

  /** Ends it now; what was delivered is charged. */
  cut(goodbye: Goodbye): void {
    this.end({ by: 'gateway', ...goodbye });
  }

  private pump(from: WebSocket, to: WebSocket, handle: (frame: Frame) => Handled): Pump {
    return new Pump({
      from,
      to,
      handle: (frame) => {
        this.heartbeat.heard(from);
        return this.over ? null : handle(frame);
      },
      mostBytes: 2 * this.parts.limits.maxFrameBytes,
      onStuck: () => this.end({ by: 'gateway', code: 1008, reason: 'too_slow' }),
      onFault: (error) => this.fault(error),
      onProgress: () => this.heartbeat.drained(to),
    });
  }

  private fromClient(frame: Frame): Handled {
    const step = this.parts.conversation.fromClient(frame);
    if (step.kind === 'pass') return step.frame ?? frame;
    if (step.kind === 'begin') return this.asked(step.turn, frame);
    this.say(step.error, step.eventId);
    return null;
  }

  /** A wish for an answer goes upstream when it is paid. */
  private async asked(turn: Turn, frame: Frame): Promise<Frame | null> {
    try {
      if (this.leaving) throw new RelayError('unavailable', 'This session takes no more turns; open another one.');
      return (await this.open(turn, 'paid')) ? frame : null;
    } catch (error) {
      this.parts.conversation.drop(turn);
      this.refuse(error, turn);
      return null;
    }
  }

  private fromServer(frame: Frame): Handled {
    const step = this.parts.conversation.fromServer(frame);
    return step.kind === 'pass' ? frame : this.told(step, frame);
  }

  private async told(step: Exclude<ServerStep, { kind: 'pass' }>, frame: Frame): Promise<Frame | null> {
    switch (step.kind) {
      case 'begin':
        await this.begun(step.turn);
        return frame;
      case 'end':
        await this.settle(step);
        return frame;
      case 'transcribed': {
        const refusal = await this.parts.bill.transcribed(step.usage, step.counted, step.model);
        if (refusal) this.refuse(refusal);
        return frame;
      }
      case 'error':
        if (step.turn) this.close(step.turn, outcomeOf('failed', step.code), null);
        this.leaveIfIdle();
        return this.scrubbed(frame);
    }
  }

  /** The upstream began by itself: whoever cannot pay loses the session, whoever is too fast the answer. */
  private async begun(turn: Turn): Promise<void> {
    try {
      await this.open(turn, 'paid');
    } catch (error) {
      this.refuse(error, turn);
      if (this.over) return;
      await this.open(turn, 'owed');
      this.up.send(frameOf({ type: 'response.cancel', response_id: turn.responseId }));
    }
  }

  /** False: the session has ended meanwhile, and nothing is owed. */
  private async open(turn: Turn, terms: Terms): Promise<boolean> {
    const bill = await this.parts.bill.open(turn, terms);
    this.bills.set(turn, bill);
    if (this.over) this.close(turn, gone, null);
    return !this.over;
  }

  private async settle({ turn, end }: Extract<ServerStep, { kind: 'end' }>): Promise<void> {
    if (!this.bills.has(turn)) await this.open(turn, 'owed');
    const outcome = end.failure ? outcomeOf('broken', end.failure) : answered;
    this.close(turn, outcome, end.usage ? { usage: end.usage, source: 'upstream' } : estimated(turn));
    // The event that ended it is still on its way to the caller.
    setImmediate(() => this.leaveIfIdle());
  }

  private close(turn: Turn, outcome: Outcome, metered: Metered | null): void {
    const bill = this.bills.get(turn);
    if (!bill) return;
    this.bills.delete(turn);
    this.parts.bill.close(bill, outcome, metered);
  }

  private refuse(error: unknown, turn?: Turn): void {
    const refusal = asRelayError(error);
    if (refusal.code === 'internal_error') this.parts.onFault(messageOf(refusal.extra.cause));
    this.say(refusal, turn?.plan.eventId);
    if (fatal.has(refusal.code)) this.end({ by: 'gateway', code: 1008, reason: refusal.code });
  }

  /** https://platform.openai.com/docs/api-reference/realtime-server-events/error */
  private say(error: RelayError, eventId?: string): void {
    const body = openaiErrorBody(error) as { readonly error: object };
    const detail = { ...body.error, event_id: eventId ?? null };
    this.down.send(frameOf({ type: 'error', event_id: `event_${newId().replaceAll('-', '')}`, error: detail }));
  }

  private scrubbed(frame: Frame): Frame {
    const text = frame.data.toString('utf8');
    const clean = this.parts.upstream.scrub(text);
    return clean === text ? frame : { data: Buffer.from(clean, 'utf8'), binary: false };
  }

  private expire(): void {
    const minutes = Math.round(this.parts.limits.maxMs / 60_000);
    const message = `Your session hit the maximum duration of ${minutes} minutes.`;
    this.say(new RelayError('invalid_request_error', message, { upstream: { code: 'session_expired' } }));
    const goodbye = { code: 1001, reason: 'session_expired' };
    this.retire(goodbye);
    setTimeout(() => this.cut(goodbye), LAST_TURN_MS).unref();
  }

  private leaveIfIdle(): void {
    if (this.leaving && this.bills.size === 0) this.end({ by: 'gateway', ...this.leaving });
  }

  private fault(error: unknown): void {
    this.parts.onFault(messageOf(error));
    this.end({ by: 'gateway', code: 1011, reason: 'internal_error' });
  }

  private hungUp(by: 'client' | 'upstream', code: number, reason: Buffer): void {
    const words = reason.toString('utf8');
    this.end({ by, code, reason: by === 'upstream' ? this.parts.upstream.scrub(words) : words });
  }

  /** First the bills, then the sockets: nobody sees an end that is not written down. */
  private end(ended: Ended): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.expiry);
    this.heartbeat.stop();
    const midTurn = this.bills.size > 0;
    try {
      for (const turn of [...this.bills.keys()]) this.close(turn, cutOff(ended), estimated(turn));
    } catch (error) {
      this.parts.onFault(messageOf(error));
    }
    const { client, upstream } = this.parts;
    if (ended.by === 'upstream' && midTurn) {
      this.say(new RelayError('upstream_error', 'The upstream closed the session in the middle of its answer.'));
    }
    hangUp(client, goodbyeTo('client', ended));
    hangUp(upstream.socket, goodbyeTo('upstream', ended));
    this.parts.onEnd({ ...ended, midTurn });
  }
}

const gone: Outcome = outcomeOf('client_gone');

const cutOff = ({ by, reason }: Ended): Outcome => {
  if (by === 'client') return gone;
  return outcomeOf('cut', by === 'upstream' ? 'session_cut' : reason);
};

/** Only the upstream's own count is the truth; without it, what was delivered is estimated. */
function estimated(turn: Turn): Metered | null {
  const usage = turn.delivered;
  return usage && { usage, source: 'estimated' };
}
