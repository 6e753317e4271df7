import { isImagen, type Path } from '../protocol';
import { apiKeyField, defineProvider, type Mount } from '../provider';

/** With a dated `api-version` Azure names the deployment in the path, without one it speaks OpenAI's own paths (the v1 API). */
const azure =
  (operation: string): Path =>
  ({ model, settings }) =>
    settings.apiVersion
      ? `/deployments/${encodeURIComponent(model)}${operation}?api-version=${encodeURIComponent(settings.apiVersion)}`
      : `/v1${operation}`;

const azureUndeployed =
  (operation: string): Path =>
  ({ settings }) =>
    settings.apiVersion ? `${operation}?api-version=${encodeURIComponent(settings.apiVersion)}` : `/v1${operation}`;

/** https://learn.microsoft.com/azure/foundry/openai/how-to/realtime-audio-websockets */
const azureRealtime: Path = ({ model, settings }) =>
  settings.apiVersion
    ? `/realtime?api-version=${encodeURIComponent(settings.apiVersion)}&deployment=${encodeURIComponent(model)}`
    : `/v1/realtime?model=${encodeURIComponent(model)}`;

/** The resource's own URL, as Azure's SDK takes it, or the v1 URL that OpenAI's SDK takes there. */
const azureMount: Mount = { from: '/openai/v1', to: '/openai' };

const azurePaths = {
  completions: azure('/completions'),
  embeddings: azure('/embeddings'),
  images: azure('/images/generations'),
  'image-edits': azure('/images/edits'),
  speech: azure('/audio/speech'),
  transcriptions: azure('/audio/transcriptions'),
  translations: azure('/audio/translations'),
  models: azureUndeployed('/models'),
  rerank: null,
  moderations: null,
  'image-variations': null,
};

/** The vendors whose protocols everyone else speaks. */
export const vendors = [
  defineProvider({
    id: 'openai',
    name: 'OpenAI',
    protocols: ['openai-chat', 'openai-responses'],
    paths: { 'openai-chat': { rerank: null }, 'openai-responses': { rerank: null } },
    defaultBaseUrl: 'https://api.openai.com/v1',
    credentialFields: [apiKeyField],
  }),
  defineProvider({
    id: 'anthropic',
    name: 'Anthropic',
    protocols: ['anthropic-messages'],
    defaultBaseUrl: 'https://api.anthropic.com',
    credentialFields: [apiKeyField],
    mounts: { 'openai-chat': { to: '/v1' } },
  }),
  defineProvider({
    id: 'gemini',
    name: 'Google Gemini',
    protocols: ['gemini'],
    shapeOf: (operation, model) => (operation === 'images' && isImagen(model) ? 'predict' : undefined),
    defaultBaseUrl: 'https://generativelanguage.googleapis.com',
    credentialFields: [apiKeyField],
    mounts: { 'openai-chat': { to: '/v1beta/openai' } },
  }),
  defineProvider({
    id: 'azure-openai',
    name: 'Azure OpenAI',
    protocols: ['openai-chat', 'openai-responses'],
    defaultBaseUrl: null,
    credentialFields: [apiKeyField],
    ownSettings: ['apiVersion'],
    auth: { 'openai-chat': 'api-key', 'openai-responses': 'api-key' },
    mounts: { 'openai-chat': azureMount, 'openai-responses': azureMount },
    paths: {
      'openai-chat': { ...azurePaths, chat: azure('/chat/completions'), realtime: azureRealtime },
      'openai-responses': { ...azurePaths, chat: azureUndeployed('/responses') },
    },
  }),
];
