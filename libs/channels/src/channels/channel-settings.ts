import type { Operation, UpstreamErrorKind } from '@app/providers';

/** How a channel's requests differ from the provider's usual ones. Everything is optional. */
export interface ChannelSettings {
  /** Sent with every upstream request, over the provider's own; names in lower case. Not for credentials: those are keys. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Azure OpenAI: the dated `api-version`. */
  readonly apiVersion?: string;
  /** Clouds: where the models run. */
  readonly region?: string;
  /** Google Cloud: the project that pays; absent: the service account's. */
  readonly project?: string;
  /** Google Cloud: where a service account gets its tokens; absent: at Google's. */
  readonly tokenUrl?: string;
  /** Changes of the request's JSON as it goes upstream, in this order. */
  readonly parameters?: readonly ParameterOverride[];
  readonly systemPrompt?: SystemPromptOverride;
  /** Milliseconds, instead of the general settings: to connect, until an answer begins, of silence inside it. */
  readonly timeouts?: { readonly connectMs?: number; readonly firstByteMs?: number; readonly idleMs?: number };
  /** What this upstream's error codes mean (`http_409` for a status), before what is known of its provider. */
  readonly errorKinds?: Readonly<Record<string, UpstreamErrorKind>>;
  /** What tests and recovery ask for; absent: the first model. */
  readonly testModel?: string;
  /** What this account costs us, as a share of the list price: 0.5 is half. Absent: 1. The strategy `cheapest` goes by it. */
  readonly costMultiplier?: number;
  /** Paths after the base URL, whatever the protocol; `{model}` stands for the upstream's name of the model. */
  readonly paths?: Readonly<Partial<Record<Operation, string>>>;
}

/** What an operator may send: the proxy is a secret and stored apart from the other settings. */
export interface ChannelSettingsInput extends ChannelSettings {
  /** `http://user:password@host:port`, also `https` and `socks5`; as the channel shows it (masked): it stays. Null: none. */
  readonly proxy?: string | null;
}

/** Whom an override concerns. */
interface Condition {
  /** The requested name of the model or the upstream's; `*` stands for anything. Absent: every model. */
  readonly models?: readonly string[];
}

export interface ParameterOverride extends Condition {
  /** `default` sets what the caller has not said. */
  readonly op: 'set' | 'delete' | 'default';
  /** Names in the upstream's own spelling, from the outermost inwards: `generationConfig.topK`. */
  readonly path: string;
  readonly value?: unknown;
  /** Absent: `chat`. */
  readonly operations?: readonly Operation[];
}

export interface SystemPromptOverride extends Condition {
  readonly text: string;
  /** Before or behind the caller's instructions, in their place, or where there are none. */
  readonly mode: 'prepend' | 'append' | 'replace' | 'default';
}
