import {
  protocolDefaults,
  type AuthScheme,
  type Operation,
  type RequestSettings,
  type UpstreamProtocol,
} from './protocol';
import type { Mount, ProviderRecord } from './provider';

export interface RequestTarget {
  readonly protocol: UpstreamProtocol;
  readonly operation: Operation;
  readonly baseUrl: string;
  /** The secret; empty where the upstream needs none. */
  readonly credential: string;
  /** The upstream's name of the model; unused by operations without one. */
  readonly model?: string;
  readonly stream?: boolean;
  readonly settings?: RequestSettings;
  /** Where the next page of a list begins. */
  readonly cursor?: string;
}

/** Header names are lower case. `headers` holds the credential: never log it. */
export interface UpstreamAddress {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Record<string, string>;
}

const credentialHeader: Readonly<Record<AuthScheme, (secret: string) => [string, string]>> = {
  bearer: (secret) => ['authorization', `Bearer ${secret}`],
  'x-api-key': (secret) => ['x-api-key', secret],
  'x-goog-api-key': (secret) => ['x-goog-api-key', secret],
  'api-key': (secret) => ['api-key', secret],
};

const readOperations: ReadonlySet<Operation> = new Set(['models', 'balance', 'realtime']);

/** Where one call to a provider goes and what it carries besides its body. Pure. */
export function upstreamRequest(provider: ProviderRecord, target: RequestTarget): UpstreamAddress {
  const method = readOperations.has(target.operation) ? 'GET' : 'POST';
  return { method, url: urlOf(provider, target), headers: headersOf(provider, target, method) };
}

/** Whether the provider can be asked this over this protocol. */
export const offers = (provider: ProviderRecord, protocol: UpstreamProtocol, operation: Operation): boolean =>
  pathOf(provider, protocol, operation) !== undefined;

/** Those of `spoken` in which this model can be spoken to. */
export function protocolsFor(
  provider: Pick<ProviderRecord, 'protocolsOf'>,
  spoken: readonly UpstreamProtocol[],
  model: string,
): readonly UpstreamProtocol[] {
  const able = provider.protocolsOf?.(model);
  return able ? spoken.filter((protocol) => able.includes(protocol)) : spoken;
}

function headersOf(provider: ProviderRecord, target: RequestTarget, method: string): Record<string, string> {
  const defaults = protocolDefaults[target.protocol];
  const headers: Record<string, string> = { ...defaults.headers };
  if (method === 'POST') headers['content-type'] = 'application/json';
  if (target.credential !== '' && !provider.authorize) {
    const [name, value] = credentialHeader[provider.auth?.[target.protocol] ?? defaults.auth](target.credential);
    headers[name] = value;
  }
  return target.settings?.headers ? Object.assign(headers, target.settings.headers) : headers;
}

function urlOf(provider: ProviderRecord, target: RequestTarget): string {
  const own = target.settings?.paths?.[target.operation];
  if (own !== undefined)
    return target.baseUrl.replace(/\/+$/, '') + own.replaceAll('{model}', () => modelInPath(target));
  const path = pathOf(provider, target.protocol, target.operation);
  if (path === undefined) throw new RangeError(`${provider.id} has no ${target.operation} over ${target.protocol}`);
  const { credential, settings = {}, model = '', stream = false, cursor } = target;
  const baseUrl = baseUrlOf(provider, target);
  const base = baseOf(
    baseUrl,
    target.protocol,
    provider.mounts?.[target.operation] ?? provider.mounts?.[target.protocol],
  );
  if (typeof path === 'string') return base + path;
  const found = path({ model, stream, settings, baseUrl, credential, cursor });
  return found.startsWith('/') ? base + found : found;
}

function baseUrlOf(provider: ProviderRecord, { baseUrl, credential, settings = {} }: RequestTarget): string {
  return provider.regionalBaseUrl && baseUrl === provider.defaultBaseUrl
    ? provider.regionalBaseUrl({ baseUrl, credential, settings })
    : baseUrl;
}

function pathOf(provider: ProviderRecord, protocol: UpstreamProtocol, operation: Operation) {
  const own = provider.paths?.[protocol]?.[operation];
  return own === null ? undefined : (own ?? protocolDefaults[protocol].paths[operation]);
}

/** Slashes stay: they are part of names such as `openai/gpt-5`. */
const modelInPath = ({ model = '' }: RequestTarget): string => model.split('/').map(encodeURIComponent).join('/');

const version = /\/v1(beta)?$/;

function baseOf(baseUrl: string, protocol: UpstreamProtocol, mount: Mount | undefined): string {
  const base = baseUrl.replace(/\/+$/, '');
  if (!mount) return protocolDefaults[protocol].cutVersion ? base.replace(version, '') : base;
  if (base.endsWith(mount.to)) return base;
  const stem = mount.from && base.endsWith(mount.from) ? base.slice(0, -mount.from.length) : base.replace(version, '');
  return stem + mount.to;
}
