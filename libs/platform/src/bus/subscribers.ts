import { messageOf } from '@app/core';
import { Logger } from '@nestjs/common';
import type { ChangeHandler, Json } from './change-bus';

/** The handlers of this process, by topic. */
export class Subscribers {
  private readonly log = new Logger('ChangeBus');
  private readonly handlers = new Map<string, Set<ChangeHandler>>();

  add(topic: string, handler: ChangeHandler): () => void {
    // A handler subscribed twice is two subscriptions.
    const own: ChangeHandler = (payload) => handler(payload);
    const handlers = this.handlers.get(topic) ?? new Set();
    this.handlers.set(topic, handlers.add(own));
    return () => {
      handlers.delete(own);
      if (handlers.size === 0 && this.handlers.get(topic) === handlers) this.handlers.delete(topic);
    };
  }

  /** Calls every handler now; resolves when all have finished. Never rejects. */
  async deliver(topic: string, payload: Json): Promise<void> {
    const handlers = this.handlers.get(topic);
    if (handlers !== undefined) await Promise.all([...handlers].map((handler) => this.call(topic, handler, payload)));
  }

  private async call(topic: string, handler: ChangeHandler, payload: Json): Promise<void> {
    try {
      await handler(payload);
    } catch (error) {
      this.log.error(`a subscriber of ${topic} failed: ${messageOf(error)}`, error instanceof Error ? error.stack : '');
    }
  }
}
