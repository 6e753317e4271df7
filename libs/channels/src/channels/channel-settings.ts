/** How a channel's requests differ from the provider's usual ones. Everything is optional. */
export interface ChannelSettings {
  /** Sent with every upstream request, over the provider's own; names in lower case. Not for credentials: those are keys. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Azure OpenAI: the dated `api-version`. */
  readonly apiVersion?: string;
}
