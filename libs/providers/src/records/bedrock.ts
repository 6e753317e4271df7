import type { Authority, ReadyCall } from '../authorize';
import { awsKeysOf, checkAwsCredential, isRegion, signed } from '../clouds/aws';
import { asArray, asObject, asText } from '../json';
import type { ModelsPage } from '../models-page';
import type { Operation, Path, PathInput } from '../protocol';
import { type Account, type CredentialField, defineProvider } from '../provider';

const key: CredentialField = {
  name: 'key',
  label:
    'Bedrock API key, or ACCESS_KEY:SECRET_KEY[:REGION], or JSON {accessKeyId, secretAccessKey, sessionToken?, region?}',
  secret: true,
  required: true,
  multiline: true,
};

const regionOf = ({ baseUrl, credential, settings }: Account): string => {
  const inHost = /\/\/[a-z0-9.-]*?bedrock[a-z-]*\.([a-z0-9-]+)\./.exec(baseUrl)?.[1];
  return (
    settings.region ??
    awsKeysOf(credential)?.region ??
    (inHost !== undefined && isRegion(inHost) ? inHost : 'us-east-1')
  );
};

function hostOf(account: Account): string {
  const region = regionOf(account);
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function authorize(call: ReadyCall, { credential, settings, now }: Authority) {
  const keys = awsKeysOf(credential);
  if (!keys) return { authorization: `Bearer ${credential}` };
  return signed(call, keys, regionOf({ baseUrl: call.url, credential, settings }), now);
}

const invokePath: Path = ({ model, stream }) =>
  `/model/${encodeURIComponent(model)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`;

/** Tokens are counted for a model, not for the profiles that call it in several regions. */
const countPath: Path = ({ model }) =>
  `/model/${encodeURIComponent(model.replace(/^(us-gov|us|eu|apac|jp|au|ca|sa|me|in|global)\./, ''))}/count-tokens`;

/** Lists are kept by Bedrock's control plane, on a host of its own. Elsewhere (behind a proxy) they are asked for where the models are. */
function controlHost(input: PathInput): string {
  if (!/\/\/[a-z0-9.-]*\.amazonaws\.com(\.cn)?(\/|:|$)/.test(input.baseUrl)) return '';
  const region = regionOf(input);
  return `https://bedrock.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** The models first, then the inference profiles over which the later ones alone can be called. */
const modelsPath: Path = (input) => {
  const { cursor } = input;
  if (cursor === undefined) return `${controlHost(input)}/foundation-models`;
  const token = cursor === FIRST_PROFILES ? '' : `&nextToken=${encodeURIComponent(cursor)}`;
  return `${controlHost(input)}/inference-profiles?maxResults=1000${token}`;
};

const FIRST_PROFILES = '';

/**
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html, …/API_ListInferenceProfiles.html — what
 * takes provisioned throughput only, or a profile, is not called by its own name.
 */
function readModels(body: unknown): ModelsPage {
  const { modelSummaries, inferenceProfileSummaries, nextToken } = asObject(body) ?? {};
  if (Array.isArray(modelSummaries)) {
    const onDemand = asArray(modelSummaries).filter((model) =>
      asArray(asObject(model)?.inferenceTypesSupported).includes('ON_DEMAND'),
    );
    return { models: textsOf(onDemand, 'modelId'), next: FIRST_PROFILES };
  }
  return { models: textsOf(asArray(inferenceProfileSummaries), 'inferenceProfileId'), next: asText(nextToken) ?? null };
}

const textsOf = (list: readonly unknown[], name: string): string[] =>
  list.map((item) => asText(asObject(item)?.[name])).filter((text) => text !== undefined);

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html, …/model-parameters-embed.html */
function shapeOf(operation: Operation, model: string) {
  if (operation !== 'embeddings' && operation !== 'batch-embeddings') return undefined;
  return /(^|\.|\/)cohere\.embed-/.test(model) ? ('cohere-embed' as const) : ('titan-embed' as const);
}

/**
 * Amazon Bedrock: Claude in its own protocol, everything else (Claude, too) through Converse.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html,
 * …/userguide/model-parameters-anthropic-claude-messages.html, …/userguide/count-tokens.html, …/userguide/api-keys.html
 */
export const bedrock = defineProvider({
  id: 'bedrock',
  name: 'AWS Bedrock',
  protocols: ['anthropic-messages', 'bedrock-converse'],
  // Claude takes its own protocol through InvokeModel; an inference profile's ARN does not tell whose model it is.
  protocolsOf: (model) =>
    /(^|\.)anthropic\.claude-/.test(model) ? ['anthropic-messages', 'bedrock-converse'] : ['bedrock-converse'],
  defaultBaseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  regionalBaseUrl: hostOf,
  credentialFields: [key],
  checkCredential: checkAwsCredential,
  authorize,
  ownSettings: ['region'],
  shapeOf,
  readModels,
  paths: {
    'anthropic-messages': { chat: invokePath, 'count-tokens': null, models: null },
    'bedrock-converse': {
      'count-tokens': countPath,
      embeddings: invokePath,
      'batch-embeddings': invokePath,
      models: modelsPath,
    },
  },
  members: {
    'anthropic-messages': { set: { anthropic_version: 'bedrock-2023-05-31' }, remove: ['model', 'stream'] },
  },
});
