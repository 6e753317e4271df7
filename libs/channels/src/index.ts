/**
 * channels: upstream accounts with their credentials, the in-memory index of who serves which model to whom, the choice of a
 * route for one attempt, and what attempts teach about channels (pauses, automatic disabling, response times).
 */
import type { SealedPlace } from '@app/platform/secrets';
import { ChannelCredentialEntity, credentialContext } from './channels/channel-credential.entity';
import { ChannelEntity } from './channels/channel.entity';
import { proxyContext } from './channels/proxy-address';
import { Channels1764000000002 } from './migrations/1764000000002-channels';
import { CredentialProbes1764000000342 } from './migrations/1764000000342-credential-probes';
import { ChannelProxy1764000000302 } from './migrations/1764000000302-channel-proxy';

export { isMetadataHost } from './channels/base-url';
export { ChannelBatch, batchActions } from './channels/channel-batch.service';
export type { BatchAction, BatchRequest } from './channels/channel-batch.service';
export type { CredentialStatus } from './channels/channel-credential.entity';
export type { ChannelStatus } from './channels/channel.entity';
export { channelSortFields } from './channels/channel-input';
export type {
  ChannelInput,
  ChannelPatch,
  ChannelQuery,
  ChannelRecord,
  ChannelSortField,
  KeyInput,
} from './channels/channel-input';
export { channelLimits } from './channels/channel-limits';
export { ChannelService } from './channels/channel.service';
export type { ChannelSettings, ChannelSettingsInput, SystemPromptOverride } from './channels/channel-settings';
export { ChannelUsageRepository } from './channels/channel-usage.repository';
export { ChannelsModule } from './channels.module';
export { channelSettings } from './channels.settings';
export { CredentialRecovery } from './health/credential-recovery';
export type { DueCredential } from './health/credential-recovery';
export { ChannelHealth } from './health/channel-health';
export type { ChannelFailure, HeldAgainst } from './health/channel-health';
export { ChannelIndex } from './routing/channel-index';
export { ChannelSelector } from './routing/channel-selector';
export type { RouteQuery, Tried } from './routing/search';
export type { Strategy } from './routing/strategy';
export { ChannelLoad } from './routing/channel-load';
export type { ProbeQuery } from './routing/probe-route';
export { CredentialView } from './routing/route';
export type { ModelNames, Overrides, ParameterRule, PromptRule } from './routing/overrides';
export { offersOver } from './routing/offers';
export { ProxyAddress } from './routing/route';
export type { ChannelView, Route } from './routing/route';
export { ChannelCredentialEntity, ChannelEntity, credentialContext };

/** Where channels keep their secrets, for the rotation of the master key. */
export const sealedCredentials: SealedPlace = {
  name: 'channel credentials',
  entity: ChannelCredentialEntity,
  key: 'id',
  property: 'sealedSecret',
  context: credentialContext,
};

export const sealedProxies: SealedPlace = {
  name: 'channel proxies',
  entity: ChannelEntity,
  key: 'id',
  property: 'sealedProxy',
  context: proxyContext,
};

export const channelsEntities = [ChannelEntity, ChannelCredentialEntity];
export const channelsMigrations = [Channels1764000000002, ChannelProxy1764000000302, CredentialProbes1764000000342];
