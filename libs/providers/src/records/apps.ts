import { apiKeyField, defineProvider } from '../provider';

/** Builders of assistants (a channel's key, or its model's name, is one app with a prompt and tools of its own), and of anything. */
export const apps = [
  // https://docs.dify.ai/api-reference — the key is the app; a model's name may be anything.
  defineProvider({
    id: 'dify',
    name: 'Dify',
    protocols: ['dify'],
    defaultBaseUrl: 'https://api.dify.ai/v1',
    credentialFields: [{ ...apiKeyField, label: 'App key' }],
    errorCodes: {
      invalid_param: 'caller',
      conversation_not_exists: 'caller',
      app_unavailable: 'model_missing',
      not_chat_app: 'model_missing',
      provider_not_initialize: 'upstream_error',
      provider_quota_exceeded: 'quota_exhausted',
      model_currently_not_support: 'upstream_error',
      completion_request_error: 'upstream_error',
      too_many_requests: 'rate_limited',
    },
  }),
  // https://docs.coze.com/developer_guides/chat_v3 — a model is a bot's id. In China https://api.coze.cn.
  defineProvider({
    id: 'coze',
    name: 'Coze',
    protocols: ['coze'],
    defaultBaseUrl: 'https://api.coze.com',
    credentialFields: [{ ...apiKeyField, label: 'Access token' }],
    // https://docs.coze.com/developer_guides/coze_error_codes
    errorCodes: {
      4000: 'caller',
      4013: 'rate_limited',
      4027: 'quota_exhausted',
      4028: 'quota_exhausted',
      4100: 'credential_invalid',
      4101: 'forbidden',
      4200: 'model_missing',
      5000: 'upstream_error',
    },
  }),
  // https://replicate.com/docs/reference/http — a model is `owner/name`, or `owner/name:version`.
  defineProvider({
    id: 'replicate',
    name: 'Replicate',
    protocols: ['replicate'],
    defaultBaseUrl: 'https://api.replicate.com/v1',
    credentialFields: [{ ...apiKeyField, label: 'API token' }],
  }),
];
