import type { Authorize, CheckCredential } from './authorize';
import type { Balance } from './balance';
import type { UpstreamErrorKind } from './error-kind';
import type { AuthScheme, BodyShape, Operation, OwnSetting, Path, RequestSettings, UpstreamProtocol } from './protocol';
import type { ModelsPage } from './models-page';
import type { Quirks } from './quirks';
import { upstreamRequest, type RequestTarget, type UpstreamAddress } from './request';

/** One thing an operator types to give access to an upstream account. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly secret: boolean;
  readonly required: boolean;
  /** It may be a file's content, of several lines. */
  readonly multiline?: boolean;
}

/** Moves a protocol to another place below the same host: the base URL's tail `from` (if it is there) becomes `to`. */
export interface Mount {
  readonly from?: string;
  readonly to: string;
}

/** Outermost members of a body that are set, whatever the caller says, and those that are left out. */
export interface Members {
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** Whose request it is. */
export interface Account {
  readonly baseUrl: string;
  readonly credential: string;
  readonly settings: RequestSettings;
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
  /** The protocols in which a model is spoken to, by the upstream's name of it. Absent: all of them. */
  readonly protocolsOf?: (model: string) => readonly UpstreamProtocol[];
  /** What the vendor's own SDK takes as its base URL. Null: only the operator knows. */
  readonly defaultBaseUrl: string | null;
  /** Fills the `{…}` of the default base URL, where hosts differ by region. */
  readonly regionalBaseUrl?: (account: Account) => string;
  readonly credentialFields: readonly CredentialField[];
  /** Absent: a credential is a text that fits into a header. */
  readonly checkCredential?: CheckCredential;
  /** For credentials that are no header by themselves: a signature, a token. Absent: `auth` says in which header they travel. */
  readonly authorize?: Authorize;
  /** Settings only this provider knows; the console asks for them. */
  readonly ownSettings?: readonly OwnSetting[];
  readonly auth?: Readonly<Partial<Record<UpstreamProtocol, AuthScheme>>>;
  /** Where a protocol, or one operation over any of them, hangs elsewhere. */
  readonly mounts?: Readonly<Partial<Record<UpstreamProtocol | Operation, Mount>>>;
  /** Null: the provider has no such operation, though its protocol does. */
  readonly paths?: Readonly<Partial<Record<UpstreamProtocol, Readonly<Partial<Record<Operation, Path | null>>>>>>;
  /** How the bodies of `chat` differ from the protocol's. */
  readonly members?: Readonly<Partial<Record<UpstreamProtocol, Members>>>;
  /** Of which shape a model's bodies are, by the upstream's name of it. Absent or undefined: the protocol's own. */
  readonly shapeOf?: (operation: Operation, model: string) => BodyShape | undefined;
  /** Outermost members of an operation's body that the provider knows by another name. */
  readonly renames?: Readonly<Partial<Record<Operation, Readonly<Record<string, string>>>>>;
  readonly quirks?: Readonly<Partial<Record<UpstreamProtocol, Readonly<Partial<Quirks>>>>>;
  /**
   * Error codes only this vendor uses (compared as text, a part before a dot stands for all behind it); the common ones are in
   * `kindOfCode`.
   */
  readonly errorCodes?: Readonly<Record<string, UpstreamErrorKind>>;
  /** Reads a page of the `models` operation; `next` comes back as its path's `cursor`. Absent: the protocol's own list. */
  readonly readModels?: (body: unknown) => ModelsPage;
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
