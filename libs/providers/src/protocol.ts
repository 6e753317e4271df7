/** The wire formats this gateway speaks on either side: what a caller may use. */
export const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;

export type Protocol = (typeof protocols)[number];

export const isProtocol = (value: unknown): value is Protocol => protocols.includes(value as Protocol);

/**
 * Wire formats of single vendors, spoken to their upstreams only: a caller reaches them by translation. A channel may name one
 * only if its provider does.
 */
export const egressProtocols = ['bedrock-converse', 'cohere-chat', 'dify', 'coze', 'replicate'] as const;

export type EgressProtocol = (typeof egressProtocols)[number];

export const upstreamProtocols = [...protocols, ...egressProtocols] as const;

/** What an upstream may speak. */
export type UpstreamProtocol = (typeof upstreamProtocols)[number];

export const isUpstreamProtocol = (value: unknown): value is UpstreamProtocol =>
  upstreamProtocols.includes(value as UpstreamProtocol);

/**
 * What is asked of an upstream. `chat` is the protocol's own generation call: `/chat/completions`, `/responses`,
 * `/v1/messages`, `:generateContent`.
 */
export type Operation =
  | 'chat'
  | 'completions'
  | 'embeddings'
  | 'batch-embeddings'
  | 'moderations'
  | 'rerank'
  | 'images'
  | 'realtime'
  | 'image-edits'
  | 'image-variations'
  | 'speech'
  | 'transcriptions'
  | 'translations'
  | 'count-tokens'
  | 'models'
  | 'balance';

/**
 * How a model's bodies look where they are neither the caller's nor the protocol's own: Google's `:predict`, one `:embedContent` for
 * each input, and what Amazon's and Cohere's embedding models take of InvokeModel.
 */
export type BodyShape = 'predict' | 'embed-content' | 'titan-embed' | 'cohere-embed';

/** How a credential travels. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key';

/** What a path may depend on. */
export interface PathInput {
  readonly model: string;
  readonly stream: boolean;
  readonly settings: RequestSettings;
  readonly baseUrl: string;
  /** Some hold the account's name, which is part of the path. */
  readonly credential: string;
  /** Lists that come in pages: where the last one said that the next begins. */
  readonly cursor?: string;
}

/** A path after the base URL, starting with `/`; or a whole URL, where a cloud keeps the operation on another host of its own. */
export type Path = string | ((input: PathInput) => string);

/** The part of a channel's settings that shapes a request. Header names are lower case. */
export interface RequestSettings {
  /** Sent with every upstream request of the channel, over the provider's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Azure OpenAI: the dated `api-version`; without it the undated v1 API is called. */
  readonly apiVersion?: string;
  /** Instead of the provider's own paths; `{model}` stands for the model. */
  readonly paths?: Readonly<Partial<Record<Operation, string>>>;
  /** Clouds: where the models run. */
  readonly region?: string;
  /** Google Cloud: the project that pays; absent: the service account's. */
  readonly project?: string;
  /** Google Cloud: where a service account gets its tokens; absent: where its key file says, if that is Google's. */
  readonly tokenUrl?: string;
}

/** The names of the settings only some providers know, in the order the console asks for them. */
export type OwnSetting = 'apiVersion' | 'region' | 'project' | 'tokenUrl';

/** How one protocol is addressed unless a provider's record says otherwise. */
export interface ProtocolDefaults {
  readonly auth: AuthScheme;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Where the paths hang when the base URL is what the vendor's SDK takes. OpenAI's SDK takes a URL that ends in the version;
   * Anthropic's and Google's take the host, so a version someone left there (or shares with an OpenAI face) is cut off.
   */
  readonly cutVersion: boolean;
  readonly paths: Readonly<Partial<Record<Operation, Path>>>;
}

/** `gemini-2.5-pro` → `models/gemini-2.5-pro`; `tunedModels/x` stays. Each segment is escaped. */
function geminiResource(model: string): string {
  const resource = /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
  return resource.split('/').map(encodeURIComponent).join('/');
}

/** https://ai.google.dev/gemini-api/docs/imagen: Imagen predicts, Gemini's own image models answer as in any chat. */
export const isImagen = (model: string): boolean => /(^|\/)imagen/.test(model);

const gemini =
  (method: string): ((input: PathInput) => string) =>
  ({ model }) =>
    `/v1beta/${geminiResource(model)}:${method}`;

const geminiImages: Path = (input) => gemini(isImagen(input.model) ? 'predict' : 'generateContent')(input);

/** https://platform.openai.com/docs/api-reference/realtime: a WebSocket, so the model is in the query. */
const realtime: Path = ({ model }) => `/realtime?model=${encodeURIComponent(model)}`;

/** Replicate: `owner/name` is run by its name, `owner/name:version` by the version in the body. */
function prediction({ model }: PathInput): string {
  return model.includes(':')
    ? '/predictions'
    : `/models/${model.split('/').map(encodeURIComponent).join('/')}/predictions`;
}

const openaiPaths = {
  completions: '/completions',
  embeddings: '/embeddings',
  'batch-embeddings': '/embeddings',
  moderations: '/moderations',
  rerank: '/rerank',
  images: '/images/generations',
  realtime,
  'image-edits': '/images/edits',
  'image-variations': '/images/variations',
  speech: '/audio/speech',
  transcriptions: '/audio/transcriptions',
  translations: '/audio/translations',
  models: '/models',
};

export const protocolDefaults: Readonly<Record<UpstreamProtocol, ProtocolDefaults>> = {
  'openai-chat': {
    auth: 'bearer',
    headers: {},
    cutVersion: false,
    paths: { ...openaiPaths, chat: '/chat/completions' },
  },
  'openai-responses': {
    auth: 'bearer',
    headers: {},
    cutVersion: false,
    paths: { ...openaiPaths, chat: '/responses' },
  },
  'anthropic-messages': {
    auth: 'x-api-key',
    headers: { 'anthropic-version': '2023-06-01' },
    cutVersion: true,
    paths: { chat: '/v1/messages', 'count-tokens': '/v1/messages/count_tokens', models: '/v1/models?limit=1000' },
  },
  gemini: {
    auth: 'x-goog-api-key',
    headers: {},
    cutVersion: true,
    paths: {
      // Without alt=sse Gemini streams one JSON array instead of events.
      chat: ({ model, stream }) =>
        `/v1beta/${geminiResource(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      'count-tokens': gemini('countTokens'),
      embeddings: gemini('embedContent'),
      'batch-embeddings': gemini('batchEmbedContents'),
      images: geminiImages,
      models: '/v1beta/models?pageSize=1000',
    },
  },
  dify: { auth: 'bearer', headers: {}, cutVersion: false, paths: { chat: '/chat-messages' } },
  coze: { auth: 'bearer', headers: {}, cutVersion: false, paths: { chat: '/v3/chat' } },
  replicate: {
    auth: 'bearer',
    headers: {},
    cutVersion: false,
    paths: { chat: prediction, images: prediction },
  },
  // https://docs.cohere.com/reference/chat
  'cohere-chat': { auth: 'bearer', headers: {}, cutVersion: false, paths: { chat: '/chat' } },
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  'bedrock-converse': {
    auth: 'bearer',
    headers: {},
    cutVersion: false,
    paths: {
      chat: ({ model, stream }) => `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`,
    },
  },
};

const operations: ReadonlySet<unknown> = new Set([
  'balance',
  ...Object.values(protocolDefaults).flatMap(({ paths }) => Object.keys(paths)),
]);

export const isOperation = (value: unknown): value is Operation => operations.has(value);
