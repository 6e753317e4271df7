import type { Authority, Authorize, ReadyCall } from '../authorize';
import { checkGoogleCredential, grantOf, serviceAccountOf } from '../clouds/google';
import { type BodyShape, isImagen, type Operation, type Path, type PathInput, protocolDefaults } from '../protocol';
import { type Account, type CredentialField, defineProvider } from '../provider';

const key: CredentialField = {
  name: 'key',
  label: 'Service account key (JSON) or API key',
  secret: true,
  required: true,
  multiline: true,
};

/** The region's own host tells it, too. Google's multi-regions have hosts of another form. */
const regionOf = ({ baseUrl, settings }: Pick<Account, 'baseUrl' | 'settings'>): string =>
  settings.region ??
  /\/\/([a-z0-9-]+)-aiplatform\.googleapis\.com/.exec(baseUrl)?.[1] ??
  /\/\/aiplatform\.(us|eu)\.rep\.googleapis\.com/.exec(baseUrl)?.[1] ??
  'global';

function hostOf({ settings: { region = 'global' } }: Account): string {
  if (region === 'global') return 'https://aiplatform.googleapis.com';
  if (region === 'us' || region === 'eu') return `https://aiplatform.${region}.rep.googleapis.com`;
  return `https://${region}-aiplatform.googleapis.com`;
}

/** Without a project (an API key in express mode) models are named by their publisher alone. */
function placeOf(input: PathInput): string {
  const project = input.settings.project ?? serviceAccountOf(input.credential)?.projectId;
  return project ? `/v1/projects/${project}/locations/${regionOf(input)}` : '/v1';
}

const geminiPath =
  (method: string, streamed = method) =>
  (input: PathInput): string => {
    const name = input.model.replace(/^(publishers\/google\/)?models\//, '');
    // A model tuned there has an endpoint of its own.
    const resource = /^endpoints\/\d+$/.test(name) ? name : `publishers/google/models/${encodeURIComponent(name)}`;
    return `${placeOf(input)}/${resource}:${input.stream ? streamed : method}`;
  };

const claudePath: Path = (input) =>
  `${placeOf(input)}/publishers/anthropic/models/${encodeURIComponent(input.model)}:${input.stream ? 'streamRawPredict' : 'rawPredict'}`;

const claudeCount: Path = (input) => `${placeOf(input)}/publishers/anthropic/models/count-tokens:rawPredict`;

const openaiPath: Path = (input) => `${placeOf(input)}/endpoints/openapi/chat/completions`;

/** As Google's own SDK decides: the first Gemini model for embeddings and all before it predict, the later ones embed one content. */
const embedsContent = (model: string): boolean =>
  (model.includes('gemini') && !/gemini-embedding-001$/.test(model)) || model.includes('maas');

function shapeOf(operation: Operation, model: string): BodyShape | undefined {
  if (operation === 'images') return isImagen(model) ? 'predict' : undefined;
  if (operation === 'embeddings') return embedsContent(model) ? undefined : 'predict';
  if (operation !== 'batch-embeddings') return undefined;
  return embedsContent(model) ? 'embed-content' : 'predict';
}

const embeddingsPath: Path = (input) => geminiPath(embedsContent(input.model) ? 'embedContent' : 'predict')(input);
const imagesPath: Path = (input) => geminiPath(isImagen(input.model) ? 'predict' : 'generateContent')(input);

/** The OpenAI-compatible endpoint chats and no more. */
const openaiPaths = {
  ...Object.fromEntries(Object.keys(protocolDefaults['openai-chat'].paths).map((name) => [name, null])),
  chat: openaiPath,
};

async function bearer(token: Promise<string>) {
  return { authorization: `Bearer ${await token}` };
}

function authorize(_call: ReadyCall, { credential, settings, token }: Authority): ReturnType<Authorize> {
  const account = serviceAccountOf(credential);
  if (!account) return { 'x-goog-api-key': credential };
  const found = token(grantOf(account, settings));
  return typeof found === 'string' ? { authorization: `Bearer ${found}` } : bearer(found);
}

/**
 * Google Cloud: Gemini, Claude and open models behind one account.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference, …/partner-models/claude/use-claude,
 * …/migrate/openai/overview, …/start/express-mode/overview, …/model-reference/text-embeddings-api, …/model-reference/imagen-api
 */
export const vertexAi = defineProvider({
  id: 'vertex-ai',
  name: 'Google Vertex AI',
  protocols: ['gemini', 'anthropic-messages', 'openai-chat'],
  // Claude by its name; `meta/llama-…` and other names with a publisher as the OpenAI-compatible endpoint has them.
  protocolsOf: (model) => {
    if (/^claude-/.test(model)) return ['anthropic-messages'];
    return /^[a-z0-9-]+\/(?!models\/)/.test(model) && !/^(publishers|endpoints)\//.test(model)
      ? ['openai-chat']
      : ['gemini'];
  },
  defaultBaseUrl: 'https://{region}-aiplatform.googleapis.com',
  regionalBaseUrl: hostOf,
  credentialFields: [key],
  checkCredential: checkGoogleCredential,
  authorize,
  shapeOf,
  ownSettings: ['region', 'project', 'tokenUrl'],
  paths: {
    gemini: {
      chat: geminiPath('generateContent', 'streamGenerateContent?alt=sse'),
      'count-tokens': geminiPath('countTokens'),
      embeddings: embeddingsPath,
      'batch-embeddings': embeddingsPath,
      images: imagesPath,
      models: '/v1beta1/publishers/google/models?pageSize=200',
    },
    'anthropic-messages': { chat: claudePath, 'count-tokens': claudeCount, models: null },
    'openai-chat': openaiPaths,
  },
  members: { 'anthropic-messages': { set: { anthropic_version: 'vertex-2023-10-16' }, remove: ['model'] } },
  quirks: { 'openai-chat': { customTools: false } },
});
