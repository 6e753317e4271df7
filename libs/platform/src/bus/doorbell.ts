import { RedisLink } from '../redis';

/** Tells the other nodes to look now instead of at their next poll. Losing a ring only costs that poll's interval. */
export interface Doorbell {
  ring(): void;
  onRing(listener: () => void): void;
  close(): void;
}

export const noDoorbell: Doorbell = { ring: () => undefined, onRing: () => undefined, close: () => undefined };

/** Redis's channels span its databases: another installation on the same server costs a poll in vain, nothing else. */
const CHANNEL = 'one-api:changes';

/** A ring is a message without content: what changed is read from the database, the one place that knows. */
export class RedisDoorbell implements Doorbell {
  private readonly sender: RedisLink;
  private readonly receiver: RedisLink;

  constructor(
    url: string,
    private readonly nodeId: string,
  ) {
    const purpose = 'changes are heard with the next poll';
    this.sender = new RedisLink(url, 'bus-send', purpose);
    this.receiver = new RedisLink(url, 'bus-hear', purpose, { autoResubscribe: false });
    this.receiver.client.on('ready', () => void this.listen());
  }

  ring(): void {
    this.sender.run((client) => client.publish(CHANNEL, this.nodeId)).catch(() => undefined);
  }

  onRing(listener: () => void): void {
    this.receiver.client.on('message', (_channel: string, from: string) => {
      if (from !== this.nodeId) listener();
    });
  }

  close(): void {
    this.sender.close();
    this.receiver.close();
  }

  /** Subscriptions end with the connection: each new one subscribes again. A failure is logged by the link, which then reconnects. */
  private async listen(): Promise<void> {
    const subscribed = this.receiver.run((client) => client.subscribe(CHANNEL));
    await subscribed.catch(() => this.receiver.client.disconnect(true));
  }
}
