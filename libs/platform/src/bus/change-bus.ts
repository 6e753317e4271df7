/** What a payload may hold: it travels as JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The topics in use, with their payloads. A payload names what changed, never the new value: hearers read it from the database.
 *
 * - `users.changed` {userId}
 * - `keys.changed` {keyId, keyHash?}
 * - `groups.changed` {name}
 * - `channels.changed` {channelId?}
 * - `prices.changed`
 * - `settings.changed` {keys}
 * - `wallets.changed` {walletId}
 * - `credentials.cooled` {credentialId, until}
 * - `cache.changed` {key, everywhere}
 */
export type ChangeTopic =
  | 'users.changed'
  | 'keys.changed'
  | 'groups.changed'
  | 'channels.changed'
  | 'prices.changed'
  | 'settings.changed'
  | 'wallets.changed'
  | 'credentials.cooled'
  | 'cache.changed';

/** Called with the payload, `null` when there is none. May run more than once for one change, and out of order. */
export type ChangeHandler = (payload: Json) => void | Promise<void>;

/** Changes that every node hears within a second, for dropping and reloading what it keeps in memory. */
export abstract class ChangeBus {
  /**
   * Tells every node, this one first: the handlers here are called before this returns, and have finished (or run for two
   * seconds) when the promise resolves. Call it after the commit. Never rejects: while the database is away the change is kept
   * and told when it is back.
   */
  abstract publish(topic: ChangeTopic | (string & {}), payload?: Json): Promise<void>;

  /** Returns what ends the subscription. A handler that throws is logged and disturbs nobody else. */
  abstract subscribe(topic: ChangeTopic | (string & {}), handler: ChangeHandler): () => void;
}
