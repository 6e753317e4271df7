import { messageOf } from '@app/core';
import { type BeforeApplicationShutdown, Logger, type OnModuleInit } from '@nestjs/common';
import { ChangeBus, type ChangeHandler, type Json } from './change-bus';
import type { ChangeEventRepository, NewChangeEvent } from './change-event.repository';
import { type Doorbell, noDoorbell } from './doorbell';
import { EventCursor } from './event-cursor';
import { Subscribers } from './subscribers';

const POLL_MS = 400;
const LONGEST_PAUSE_MS = 5_000;
const BATCH = 500;
/** Changes kept for an absent database; beyond that the oldest are given up. */
const MAX_UNSENT = 10_000;
/** A slow handler holds up its publisher no longer than this. */
const HANDLER_WAIT_MS = 2_000;
/** A node that starts hears what happened just before: an older change may commit after a newer one was seen. */
const LOOK_BACK_MS = 30_000;
const RETENTION_MS = 24 * 3_600_000;
const CLEAN_UP_EVERY_MS = 10 * 60_000;

/**
 * Every change is a row of `change_events`, and every node asks for new rows every 400 ms: that works on any database and needs
 * nothing else. The doorbell shortens the wait. Events of this node are delivered directly and skipped when they come back.
 */
export class DatabaseChangeBus extends ChangeBus implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('ChangeBus');
  private readonly subscribers = new Subscribers();
  private unsent: NewChangeEvent[] = [];
  private cursor: EventCursor | null = null;
  private failures = 0;
  private outageLogged = false;
  private lookAgain = false;
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private cleanedUpAt = Date.now() - Math.random() * CLEAN_UP_EVERY_MS;

  constructor(
    private readonly events: ChangeEventRepository,
    private readonly nodeId: string,
    private readonly doorbell: Doorbell = noDoorbell,
  ) {
    super();
  }

  /** Takes the starting position before anybody else loads what may change. */
  async onModuleInit(): Promise<void> {
    this.doorbell.onRing(() => this.look());
    this.look();
    await this.looking;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.doorbell.close();
    await this.looking;
  }

  override async publish(topic: string, payload: Json = null): Promise<void> {
    const handled = this.subscribers.deliver(topic, payload);
    await this.send({ topic, payload, nodeId: this.nodeId, createdAt: Date.now() });
    await atMost(HANDLER_WAIT_MS, handled);
  }

  override subscribe(topic: string, handler: ChangeHandler): () => void {
    return this.subscribers.add(topic, handler);
  }

  private async send(event: NewChangeEvent): Promise<void> {
    try {
      await this.events.insert([event]);
      this.doorbell.ring();
    } catch (error) {
      this.unsent.push(event);
      if (this.unsent.length > MAX_UNSENT) this.unsent.shift();
      this.failed(error);
    }
  }

  /** Reads now; while reading, once more afterwards. */
  private look(): void {
    if (this.closed) return;
    this.lookAgain = this.looking !== null;
    if (this.lookAgain) return;
    clearTimeout(this.timer);
    this.looking = this.round().finally(() => {
      this.looking = null;
      if (this.lookAgain && this.failures === 0) this.look();
      else this.rest();
    });
  }

  private rest(): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    const pause = Math.min(POLL_MS * 2 ** Math.min(this.failures, 10), LONGEST_PAUSE_MS);
    this.timer = setTimeout(() => this.look(), pause).unref();
  }

  private async round(): Promise<void> {
    try {
      await this.sendUnsent();
      this.cursor ??= new EventCursor(await this.events.positionAt(Date.now() - LOOK_BACK_MS));
      while ((await this.read(this.cursor)) === BATCH && !this.closed);
      await this.cleanUp();
      this.recovered();
    } catch (error) {
      this.failures += 1;
      this.failed(error);
    }
  }

  private async sendUnsent(): Promise<void> {
    while (this.unsent.length > 0) {
      const batch = this.unsent.slice(0, BATCH);
      await this.events.insert(batch);
      this.unsent = this.unsent.filter((event) => !batch.includes(event));
      this.doorbell.ring();
    }
  }

  /** Delivers the next batch and returns its size. */
  private async read(cursor: EventCursor): Promise<number> {
    const events = await this.events.after(cursor.position, cursor.missing(Date.now()), BATCH);
    cursor.passed(
      events.map(({ id }) => Number(id)),
      Date.now(),
    );
    for (const { nodeId, topic, payload } of events) {
      if (nodeId !== this.nodeId) void this.subscribers.deliver(topic, payload as Json);
    }
    return events.length;
  }

  private async cleanUp(): Promise<void> {
    const now = Date.now();
    if (now - this.cleanedUpAt < CLEAN_UP_EVERY_MS) return;
    this.cleanedUpAt = now;
    await this.events.deleteBefore(now - RETENTION_MS);
  }

  private failed(error: unknown): void {
    if (this.outageLogged || this.closed) return;
    this.outageLogged = true;
    this.log.error(`changes cannot be exchanged with other nodes, trying again: ${messageOf(error)}`);
  }

  private recovered(): void {
    this.failures = 0;
    if (!this.outageLogged) return;
    this.outageLogged = false;
    this.log.log('changes are exchanged with other nodes again');
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
