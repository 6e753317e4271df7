import type { Authority, ReadyCall } from '../authorize';
import { awsKeysOf, checkAwsCredential, isRegion, signed } from '../clouds/aws';
import type { Path } from '../protocol';
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

/**
 * Amazon Bedrock: Claude in its own protocol, everything else (Claude, too) through Converse.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html,
 * …/userguide/model-parameters-anthropic-claude-messages.html, …/userguide/api-keys.html
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
  paths: { 'anthropic-messages': { chat: invokePath, 'count-tokens': null, models: null } },
  members: {
    'anthropic-messages': { set: { anthropic_version: 'bedrock-2023-05-31' }, remove: ['model', 'stream'] },
  },
});
