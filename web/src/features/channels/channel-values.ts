import { createFormContext } from '@mantine/form';
import type { Channel, ChannelChange, ChannelKey, NewChannel, Protocol, Provider } from '@/api/types';
import { credentialsOf } from './credentials-text';
import { leavesItsHost } from './destination';
import { failoverOf, storedFailover, type FailoverValues } from './failover-values';
import { noOverrides, overridesOf, storedOverrides, type OverrideValues } from './override-values';
import { pair, recordOf, type Pair } from './pairs';

/** What the form holds. Names are the API's, so that the server's field errors find their field. */
export interface ChannelValues {
  name: string;
  provider: string;
  baseUrl: string;
  /** New credentials, one per line; a JSON object may take several. */
  keys: string;
  /** Stored credentials that stay. */
  keptKeys: readonly ChannelKey[];
  models: string[];
  modelMapping: readonly Pair[];
  groups: string[];
  priority: number | '';
  weight: number | '';
  tags: string[];
  /** None: what the provider speaks. */
  protocols: Protocol[];
  settings: Record<OwnSetting, string> & { headers: readonly Pair[] } & OverrideValues & FailoverValues;
}

/** Settings only some providers know, in the order they are asked for. */
export const ownSettings = ['apiVersion', 'region', 'project', 'tokenUrl'] as const;

export type OwnSetting = (typeof ownSettings)[number];

export const [ChannelFormProvider, useChannelForm, useChannelFormRoot] = createFormContext<ChannelValues>();

export const valuesOf = (channel: Channel | undefined, providers: readonly Provider[]): ChannelValues =>
  channel ? storedValues(channel, providers) : newValues(providers);

/** A new channel begins with the first provider and its address. */
function newValues([first]: readonly Provider[]): ChannelValues {
  return {
    name: '',
    provider: first?.id ?? '',
    baseUrl: first?.defaultBaseUrl ?? '',
    keys: '',
    keptKeys: [],
    models: [],
    modelMapping: [],
    groups: ['default'],
    priority: 0,
    weight: 1,
    tags: [],
    protocols: [],
    settings: { ...ownOf({}), headers: [], ...noOverrides(), ...storedFailover({}) },
  };
}

function storedValues(channel: Channel, providers: readonly Provider[]): ChannelValues {
  const { name, provider, baseUrl, models, groups, priority, weight, tags, settings } = channel;
  return {
    name,
    provider,
    baseUrl: baseUrl ?? '',
    keys: '',
    keptKeys: channel.keys,
    models: [...models],
    modelMapping: pairsOf(channel.modelMapping),
    groups: [...groups],
    priority,
    weight,
    tags: [...tags],
    protocols: ownProtocols(channel, providers),
    settings: {
      ...ownOf(settings),
      headers: pairsOf(settings.headers),
      ...storedOverrides(settings),
      ...storedFailover(settings),
    },
  };
}

function ownOf(settings: Record<string, unknown>): Record<OwnSetting, string> {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  const { apiVersion, region, project, tokenUrl } = settings;
  return {
    apiVersion: textOf(apiVersion),
    region: textOf(region),
    project: textOf(project),
    tokenUrl: textOf(tokenUrl),
  };
}

/** The server names the protocols in use; those of the provider were not chosen for the channel. */
function ownProtocols({ provider, protocols }: Channel, providers: readonly Provider[]): Protocol[] {
  const usual = providers.find(({ id }) => id === provider)?.protocols ?? [];
  return protocols.join() === usual.join() ? [] : [...protocols];
}

const pairsOf = (record: unknown): Pair[] => Object.entries(record ?? {}).map(([from, to]) => pair(from, String(to)));

/** `ownUrl` is the provider's address: a channel that has it follows the provider. */
function fieldsOf(values: ChannelValues, ownUrl: string | null) {
  const baseUrl = values.baseUrl.trim();
  return {
    name: values.name.trim(),
    provider: values.provider,
    baseUrl: baseUrl === '' || baseUrl === ownUrl ? null : baseUrl,
    models: values.models,
    modelMapping: recordOf(values.modelMapping),
    groups: values.groups,
    priority: values.priority === '' ? 0 : values.priority,
    weight: values.weight === '' ? 1 : values.weight,
    tags: values.tags,
    protocols: values.protocols.length > 0 ? values.protocols : null,
    settings: settingsOf(values.settings),
  };
}

export function newChannelOf(values: ChannelValues, ownUrl: string | null): NewChannel {
  return { ...fieldsOf(values, ownUrl), keys: credentialsOf(values.keys) };
}

/** Credentials are write-only: those that stay are named by id, and nothing is said when nothing changes. */
export function changeOf(values: ChannelValues, ownUrl: string | null, channel: Channel): ChannelChange {
  const added = credentialsOf(values.keys);
  const kept = leavesItsHost(values, channel, ownUrl) ? [] : values.keptKeys;
  const untouched = added.length === 0 && kept.length === channel.keys.length;
  const keys = [...kept.map(({ id }) => ({ id })), ...added];
  return { ...fieldsOf(values, ownUrl), ...(untouched ? {} : { keys }) };
}

function settingsOf({ headers, ...settings }: ChannelValues['settings']): Record<string, unknown> {
  const sent = recordOf(headers);
  const own = ownSettings.map((name) => [name, settings[name].trim()] as const).filter(([, value]) => value !== '');
  return {
    ...Object.fromEntries(own),
    ...(Object.keys(sent).length > 0 && { headers: sent }),
    ...overridesOf(settings),
    ...failoverOf(settings),
  };
}
