import { DomainError, type FieldError } from '@app/core';
import { findProvider, isProtocol, worksWithoutKey } from '@app/providers';
import { checkBaseUrl } from './base-url';
import type { ChannelEntity } from './channel.entity';
import { channelLimits } from './channel-limits';
import type { ChannelSettingsInput } from './channel-settings';
import { isModelName } from './model-name';
import { settingsProblems } from './settings-rules';

/** The part of a channel an operator writes, complete. */
export type ChannelDraft = Pick<
  ChannelEntity,
  'name' | 'provider' | 'baseUrl' | 'protocols' | 'models' | 'modelMapping' | 'groups' | 'tags' | 'priority' | 'weight'
> & { readonly settings: ChannelSettingsInput };

type Rule = (draft: ChannelDraft) => Iterable<FieldError>;

const badModel = `must be 1 to ${channelLimits.modelLength} of A-Z a-z 0-9 . _ : / @ + -`;

/** The draft as it may be stored: duplicates gone, the base URL in its normal form. Throws `invalid` with every refused field. */
export function checkChannel(draft: ChannelDraft): ChannelDraft {
  const errors = rules.flatMap((rule) => [...rule(draft)]);
  if (errors.length > 0) {
    const summary = errors.map(({ path, message }) => `${path}: ${message}`).slice(0, 5);
    throw new DomainError('invalid', summary.join('; '), { errors: errors.slice(0, 100) });
  }
  return normalised(draft);
}

function normalised(draft: ChannelDraft): ChannelDraft {
  const checked = draft.baseUrl === null ? undefined : checkBaseUrl(draft.baseUrl);
  const headers = Object.entries(draft.settings.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...draft,
    baseUrl: checked && 'url' in checked ? checked.url : null,
    protocols: draft.protocols && unique(draft.protocols),
    models: unique(draft.models),
    groups: unique(draft.groups),
    tags: unique(draft.tags),
    settings: draft.settings.headers ? { ...draft.settings, headers: Object.fromEntries(headers) } : draft.settings,
  };
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Throws `invalid` unless a channel of this provider may have this many keys. */
export function checkKeyCount(provider: string, count: number): void {
  const record = findProvider(provider);
  const message =
    count > channelLimits.keys
      ? `must be at most ${channelLimits.keys}`
      : count === 0 && record && !worksWithoutKey(record)
        ? `must hold at least one key for ${record.name}`
        : undefined;
  if (message) throw new DomainError('invalid', `keys: ${message}`, { errors: [{ path: 'keys', message }] });
}

const rules: readonly Rule[] = [
  function* providerIsKnown({ provider }) {
    if (!findProvider(provider)) yield { path: 'provider', message: 'is not one of GET /api/providers' };
  },
  function* baseUrlIsUsable({ baseUrl, provider }) {
    if (baseUrl === null) {
      const record = findProvider(provider);
      if (record?.defaultBaseUrl === null) yield { path: 'baseUrl', message: `must be given for ${record.name}` };
      return;
    }
    const checked = checkBaseUrl(baseUrl);
    if ('problem' in checked) yield { path: 'baseUrl', message: checked.problem };
  },
  function* protocolsAreSpoken({ protocols, provider }) {
    if (protocols === null) return;
    const own = findProvider(provider)?.protocols ?? [];
    if (protocols.length === 0) yield { path: 'protocols', message: 'must name at least one' };
    for (const [index, protocol] of protocols.entries()) {
      if (!isProtocol(protocol) && !own.includes(protocol))
        yield { path: `protocols.${index}`, message: 'is not a protocol' };
    }
  },
  function* modelsHaveNames({ models }) {
    if (models.length > channelLimits.models)
      yield { path: 'models', message: `must be at most ${channelLimits.models}` };
    for (const [index, model] of models.entries()) {
      if (!isModelName(model)) yield { path: `models.${index}`, message: badModel };
    }
  },
  function* mappingsHaveNames({ modelMapping }) {
    const entries = Object.entries(modelMapping);
    if (entries.length > channelLimits.mappings) {
      yield { path: 'modelMapping', message: `must hold at most ${channelLimits.mappings} names` };
    }
    for (const [requested, upstream] of entries) {
      if (!isModelName(requested)) yield { path: 'modelMapping', message: `each name ${badModel}` };
      else if (!isModelName(upstream)) yield { path: `modelMapping.${requested}`, message: badModel };
    }
  },
  function* labelsAreShort({ groups, tags }) {
    if (groups.length === 0) yield { path: 'groups', message: 'must name at least one' };
    for (const [path, labels, most] of [
      ['groups', groups, channelLimits.groups],
      ['tags', tags, channelLimits.tags],
    ] as const) {
      if (labels.length > most) yield { path, message: `must be at most ${most}` };
      for (const [index, label] of labels.entries()) {
        if (!isLabel(label)) yield { path: `${path}.${index}`, message: badLabel };
      }
    }
  },
  function* numbersAreInRange({ priority, weight }) {
    const { priority: most, weight: heaviest } = channelLimits;
    if (!Number.isInteger(priority) || Math.abs(priority) > most) {
      yield { path: 'priority', message: `must be an integer from -${most} to ${most}` };
    }
    if (!Number.isInteger(weight) || weight < 0 || weight > heaviest) {
      yield { path: 'weight', message: `must be an integer from 0 to ${heaviest}` };
    }
  },
  ({ settings }) => settingsProblems(settings),
];

const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

const badLabel = `must be 1 to ${channelLimits.labelLength} characters, without control characters or quotes`;

/** Labels are looked for inside the stored JSON: what JSON would escape is not in them. */
const isLabel = (label: string): boolean =>
  typeof label === 'string' &&
  label.length >= 1 &&
  label.length <= channelLimits.labelLength &&
  !unprintable.test(label) &&
  !/["\\]/.test(label);
