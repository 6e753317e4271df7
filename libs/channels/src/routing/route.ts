import type { Provider, UpstreamProtocol } from '@app/providers';
import type { ChannelSettings } from '../channels/channel-settings';
import type { ChannelLoad } from './channel-load';
import type { Overrides } from './overrides';

/** A channel as a request sees it. */
export interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly provider: Provider;
  /** The operator's, or the provider's own. */
  readonly baseUrl: string;
  /** What the upstream speaks, in order of preference; never empty. */
  readonly protocols: readonly UpstreamProtocol[];
  readonly settings: ChannelSettings;
  /** Null: request bodies go as they are. */
  readonly overrides: Overrides | null;
  /** Null: the upstream is called directly. */
  readonly proxy: ProxyAddress | null;
  readonly load: ChannelLoad;
}

/** An opened proxy address, as shy as a credential. */
export class ProxyAddress {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get url(): string {
    return this.#url;
  }
}

/** An opened credential. The secret is in no enumerable property: spreading, printing or serialising this shows none. */
export class CredentialView {
  readonly #secret: string;

  constructor(
    readonly id: string,
    secret: string,
    /** Enough to recognise it, never enough to use it. */
    readonly preview = '',
  ) {
    this.#secret = secret;
  }

  /** Empty where the upstream needs none. */
  get secret(): string {
    return this.#secret;
  }
}

/** Where one attempt goes. */
export interface Route {
  readonly channel: ChannelView;
  readonly credential: CredentialView;
  readonly upstreamModel: string;
  readonly protocol: UpstreamProtocol;
  /** Epoch milliseconds: tells what was known of the channel when it was chosen. */
  readonly selectedAt: number;
  /** The single call that tries a channel whose pause has passed. */
  readonly isProbe?: boolean;
}
