import { isSecretField, type FieldError } from '@app/core';
import { checkBaseUrl } from './base-url';
import { channelLimits } from './channel-limits';
import { failoverRules } from './failover-rules';
import { overrideRules } from './override-rules';
import { checkProxy } from './proxy-address';

/** What is wrong with a channel's settings; nothing that is not known to `ChannelSettings` passes. */
export function* settingsProblems(settings: unknown): Iterable<FieldError> {
  if (!isPlainObject(settings)) return yield { path: 'settings', message: 'must be an object' };
  if (Buffer.byteLength(JSON.stringify(settings)) > channelLimits.settingsBytes) {
    yield { path: 'settings', message: `must be at most ${channelLimits.settingsBytes} bytes` };
  }
  for (const [name, value] of Object.entries(settings)) {
    if (Object.hasOwn(settingRules, name)) yield* settingRules[name]!(value);
    else
      yield { path: `settings.${name.slice(0, 64)}`, message: `is not one of ${Object.keys(settingRules).join(', ')}` };
  }
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Hop-by-hop headers, those the transport computes, and those that carry a credential. */
const reservedHeaders = new Set(
  (
    'host connection keep-alive transfer-encoding upgrade te trailer expect content-length content-type content-encoding ' +
    'accept-encoding proxy-authorization proxy-connection authorization cookie x-api-key x-goog-api-key api-key'
  ).split(' '),
);

const settingRules: Readonly<Record<string, (value: unknown) => Iterable<FieldError>>> = {
  *headers(value) {
    if (!isPlainObject(value)) return yield { path: 'settings.headers', message: 'must be an object of texts' };
    const entries = Object.entries(value);
    if (entries.length > channelLimits.headers) {
      yield { path: 'settings.headers', message: `must be at most ${channelLimits.headers}` };
    }
    for (const [name, content] of entries) {
      const message = headerProblem(name, content);
      if (message) yield { path: `settings.headers.${name.slice(0, 64)}`, message };
    }
  },
  *apiVersion(value) {
    if (typeof value !== 'string' || !/^[\w.-]{1,40}$/.test(value)) {
      yield { path: 'settings.apiVersion', message: 'must be a version such as 2024-10-21' };
    }
  },
  *region(value) {
    if (typeof value !== 'string' || !/^[a-z][a-z0-9-]{1,31}$/.test(value)) {
      yield { path: 'settings.region', message: 'must be a region such as us-east-1 or global' };
    }
  },
  *project(value) {
    if (typeof value !== 'string' || !/^[a-z0-9][a-z0-9.:-]{0,62}$/.test(value)) {
      yield { path: 'settings.project', message: 'must be the id or number of a project' };
    }
  },
  *tokenUrl(value) {
    const checked = typeof value === 'string' ? checkBaseUrl(value) : { problem: 'must be an http or https URL' };
    if ('problem' in checked) yield { path: 'settings.tokenUrl', message: checked.problem };
  },
  ...failoverRules,
  ...overrideRules,
  *proxy(value) {
    const checked = value === null ? undefined : checkProxy(value);
    if (checked && 'problem' in checked) yield { path: 'settings.proxy', message: checked.problem };
  },
};

function headerProblem(name: string, content: unknown): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]{1,128}$/.test(name)) return 'is not a header name';
  if (reservedHeaders.has(name.toLowerCase()) || isSecretField(name))
    return 'is set by the gateway; credentials are keys';
  if (typeof content !== 'string' || content.length > channelLimits.headerLength || !/^[\t\x20-\x7e]*$/.test(content)) {
    return `must be at most ${channelLimits.headerLength} printable ASCII characters`;
  }
  return undefined;
}
