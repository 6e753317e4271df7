import { ChangeBus, type ChangeHandler, type Json } from '@app/platform/bus';

/** A bus of one process, for suites in which there is no other: handlers have run when `publish` resolves. */
export class LocalBus extends ChangeBus {
  readonly published: { readonly topic: string; readonly payload: Json }[] = [];
  private readonly handlers = new Map<string, Set<ChangeHandler>>();

  override async publish(topic: string, payload: Json = null): Promise<void> {
    this.published.push({ topic, payload });
    for (const handler of this.handlers.get(topic) ?? []) await handler(payload);
  }

  override subscribe(topic: string, handler: ChangeHandler): () => void {
    const handlers = this.handlers.get(topic) ?? new Set();
    this.handlers.set(topic, handlers.add(handler));
    return () => void handlers.delete(handler);
  }
}
