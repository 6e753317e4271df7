import type { UpstreamProtocol } from '@app/providers';
import type { ChannelCredentialEntity } from './channel-credential.entity';
import type { ChannelEntity, ChannelStatus } from './channel.entity';
import type { ChannelSettingsInput } from './channel-settings';

/** An entry of `keys`: a new secret, or one that is there already and stays. */
export type KeyInput = string | { readonly id: string };

/** What an operator says about a channel. */
export interface ChannelInput {
  readonly name: string;
  readonly provider: string;
  /** Null or absent: the provider's own. */
  readonly baseUrl?: string | null;
  readonly keys: readonly KeyInput[];
  readonly models: readonly string[];
  /** Null or absent: the provider's own. */
  readonly protocols?: readonly UpstreamProtocol[] | null;
  readonly modelMapping?: Readonly<Record<string, string>>;
  readonly groups?: readonly string[];
  readonly priority?: number;
  readonly weight?: number;
  readonly tags?: readonly string[];
  readonly status?: 'enabled' | 'disabled';
  readonly settings?: ChannelSettingsInput;
}

/** What is absent stays. `keys`, where present, is the whole new list. */
export type ChannelPatch = Partial<ChannelInput>;

/** A channel with its credentials in order. */
export interface ChannelRecord {
  readonly channel: ChannelEntity;
  readonly credentials: readonly ChannelCredentialEntity[];
}

export const channelSortFields = [
  'createdAt',
  'name',
  'provider',
  'priority',
  'weight',
  'status',
  'responseTimeMs',
  'balanceUsd',
  'usedUsd',
] as const;

export type ChannelSortField = (typeof channelSortFields)[number];

/** Which channels of the list. `tag`, `group` and `model` are exact names. */
export interface ChannelQuery {
  readonly offset: number;
  readonly limit: number;
  readonly by: ChannelSortField;
  readonly descending: boolean;
  /** Part of a name, or a whole id. */
  readonly q?: string;
  readonly status?: ChannelStatus;
  readonly provider?: string;
  readonly group?: string;
  readonly tag?: string;
  readonly model?: string;
}
