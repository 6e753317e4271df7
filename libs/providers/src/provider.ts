import type { Balance } from './balance';
import type { UpstreamErrorKind } from './error-kind';
import type { AuthScheme, Operation, Path, UpstreamProtocol } from './protocol';
import type { Quirks } from './quirks';
import { upstreamRequest, type RequestTarget, type UpstreamAddress } from './request';

/** One thing an operator types to give access to an upstream account. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
  readonly required: boolean;
}

/** Moves a protocol to another place below the same host: the base URL's tail `from` (if it is there) becomes `to`. */
export interface Mount {
  readonly from?: string;
  readonly to: string;
}

/**
 * A kind of upstream, as data. Whatever is absent is the protocol's own way (see `protocolDefaults`), so that a provider
 * that speaks a known protocol needs an id, a name, its protocols and its base URL.
 */
export interface ProviderRecord {
  readonly id: string;
  readonly name: string;
  /** In order of preference: the first is used where the caller's own is not spoken. */
  readonly protocols: readonly UpstreamProtocol[];
  /** What the vendor's own SDK takes as its base URL. Null: only the operator knows. */
  readonly defaultBaseUrl: string | null;
  readonly credentialFields: readonly CredentialField[];
  readonly auth?: Readonly<Partial<Record<UpstreamProtocol, AuthScheme>>>;
  readonly mounts?: Readonly<Partial<Record<UpstreamProtocol, Mount>>>;
  readonly paths?: Readonly<Partial<Record<UpstreamProtocol, Readonly<Partial<Record<Operation, Path>>>>>>;
  readonly quirks?: Readonly<Partial<Record<UpstreamProtocol, Readonly<Partial<Quirks>>>>>;
  /** Error codes only this vendor uses (compared as text); the common ones are in `kindOfCode`. */
  readonly errorCodes?: Readonly<Record<string, UpstreamErrorKind>>;
  /** Reads the answer of the `balance` operation. Absent: the vendor publishes no balance to an API key. */
  readonly readBalance?: (body: unknown) => Balance | null;
}

export interface Provider extends ProviderRecord {
  /** Where one call goes and what it carries besides its body. Throws a RangeError for an operation the protocol lacks. */
  request(target: RequestTarget): UpstreamAddress;
}

export const apiKeyField: CredentialField = { name: 'key', label: 'API key', secret: true, required: true };

export function defineProvider(record: ProviderRecord): Provider {
  return Object.freeze({ ...record, request: (target: RequestTarget) => upstreamRequest(record, target) });
}

/** Whether a channel of this provider works without any key (a model server on the operator's own machine). */
export const worksWithoutKey = (provider: ProviderRecord): boolean =>
  provider.credentialFields.every((field) => !field.required);
