/**
 * What a failed upstream call means for the next step.
 * - `caller`: the request itself is at fault; no other channel would take it.
 * - `content_policy`, `context_length`: so it is, for what it says or for its length; another model might take the longer one.
 * - `credential_invalid`, `quota_exhausted`: this credential will keep failing until someone acts.
 * - `forbidden`: this account may not do this; nothing is known about its other requests.
 * - `rate_limited`, `overloaded`: try elsewhere, and here again after a pause.
 * - `model_missing`: this upstream does not know the model.
 * - `timeout`, `upstream_error`: the upstream broke.
 */
export const errorKinds = [
  'caller',
  'content_policy',
  'context_length',
  'credential_invalid',
  'quota_exhausted',
  'forbidden',
  'rate_limited',
  'overloaded',
  'model_missing',
  'timeout',
  'upstream_error',
] as const;
export type UpstreamErrorKind = (typeof errorKinds)[number];

/** No credential, channel or pause would change the answer. */
export const isCallersFault = (kind: string): boolean =>
  kind === 'caller' || kind === 'content_policy' || kind === 'context_length';

/**
 * Structured codes (`error.code`, `error.type`, `error.status`, `details[].reason`, lower case) that say more than the status.
 * Words that only repeat the status, such as `invalid_request_error`, are not here: some vendors send them with any status.
 */
export const kindOfCode: ReadonlyMap<string, UpstreamErrorKind> = new Map<string, UpstreamErrorKind>([
  // OpenAI: https://platform.openai.com/docs/guides/error-codes
  ['invalid_api_key', 'credential_invalid'],
  ['account_deactivated', 'credential_invalid'],
  ['invalid_organization', 'credential_invalid'],
  ['ip_not_authorized', 'credential_invalid'],
  ['unsupported_country_region_territory', 'credential_invalid'],
  ['insufficient_quota', 'quota_exhausted'],
  ['billing_hard_limit_reached', 'quota_exhausted'],
  ['billing_not_active', 'quota_exhausted'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['slow_down', 'overloaded'],
  ['model_not_found', 'model_missing'],
  ['server_error', 'upstream_error'],
  ['context_length_exceeded', 'context_length'],
  ['string_above_max_length', 'caller'],
  ['content_policy_violation', 'content_policy'],
  ['image_content_policy_violation', 'content_policy'],
  ['moderation_blocked', 'content_policy'],
  ['invalid_prompt', 'content_policy'],
  ['content_filter', 'content_policy'],
  ['unsupported_parameter', 'caller'],
  ['unsupported_value', 'caller'],
  // Azure OpenAI
  ['deploymentnotfound', 'model_missing'],
  ['responsibleaipolicyviolation', 'content_policy'],
  ['nocapacity', 'overloaded'],
  // GitHub Models, Azure AI Foundry
  ['tokens_limit_reached', 'context_length'],
  ['unknown_model', 'model_missing'],
  // Anthropic: https://docs.anthropic.com/en/api/errors
  ['authentication_error', 'credential_invalid'],
  ['billing_error', 'quota_exhausted'],
  ['permission_error', 'forbidden'],
  ['not_found_error', 'model_missing'],
  ['request_too_large', 'caller'],
  ['rate_limit_error', 'rate_limited'],
  ['timeout_error', 'timeout'],
  ['api_error', 'upstream_error'],
  ['overloaded_error', 'overloaded'],
  // Google: google.rpc.Code names and google.api.ErrorReason
  ['api_key_invalid', 'credential_invalid'],
  ['api_key_expired', 'credential_invalid'],
  ['api_key_service_blocked', 'credential_invalid'],
  ['consumer_suspended', 'credential_invalid'],
  ['service_disabled', 'credential_invalid'],
  ['unauthenticated', 'credential_invalid'],
  ['billing_disabled', 'quota_exhausted'],
  ['permission_denied', 'forbidden'],
  ['resource_exhausted', 'rate_limited'],
  ['unavailable', 'overloaded'],
  ['deadline_exceeded', 'timeout'],
  ['internal', 'upstream_error'],
  // Not the request: "this country" and "enable billing" come as FAILED_PRECONDITION.
  ['failed_precondition', 'forbidden'],
  // Moonshot
  ['invalid_authentication_error', 'credential_invalid'],
  ['incorrect_api_key_error', 'credential_invalid'],
  ['exceeded_current_quota_error', 'quota_exhausted'],
  ['rate_limit_reached_error', 'rate_limited'],
  ['engine_overloaded_error', 'overloaded'],
  ['resource_not_found_error', 'model_missing'],
  // Alibaba Model Studio
  ['invalidapikey', 'credential_invalid'],
  ['arrearage', 'quota_exhausted'],
  ['modelnotfound', 'model_missing'],
  ['throttling', 'rate_limited'],
  ['throttling.ratequota', 'rate_limited'],
  ['throttling.allocationquota', 'rate_limited'],
  ['datainspectionfailed', 'content_policy'],
  ['data_inspection_failed', 'content_policy'],
  // AWS: `x-amzn-errortype` of an answer, `:exception-type` in a stream.
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors
  ['unrecognizedclientexception', 'credential_invalid'],
  ['invalidsignatureexception', 'credential_invalid'],
  ['expiredtokenexception', 'credential_invalid'],
  ['incompletesignatureexception', 'credential_invalid'],
  ['invalidclienttokenidexception', 'credential_invalid'],
  ['missingauthenticationtokenexception', 'credential_invalid'],
  ['accessdeniedexception', 'forbidden'],
  ['throttlingexception', 'rate_limited'],
  ['servicequotaexceededexception', 'rate_limited'],
  ['modelnotreadyexception', 'overloaded'],
  ['serviceunavailableexception', 'overloaded'],
  ['modeltimeoutexception', 'timeout'],
  ['modelerrorexception', 'upstream_error'],
  ['modelstreamerrorexception', 'upstream_error'],
  ['internalserverexception', 'upstream_error'],
  ['resourcenotfoundexception', 'model_missing'],
  ['validationexception', 'caller'],
  // OAuth, of a token that is asked for
  ['invalid_grant', 'credential_invalid'],
  ['invalid_client', 'credential_invalid'],
  ['unauthorized_client', 'credential_invalid'],
  // Groq
  ['tool_use_failed', 'caller'],
  ['model_decommissioned', 'model_missing'],
]);

const kindOfStatus: ReadonlyMap<number, UpstreamErrorKind> = new Map<number, UpstreamErrorKind>([
  [401, 'credential_invalid'],
  [402, 'quota_exhausted'],
  [403, 'forbidden'],
  [404, 'model_missing'],
  [407, 'upstream_error'],
  [408, 'timeout'],
  [424, 'upstream_error'],
  [425, 'overloaded'],
  [429, 'rate_limited'],
  [498, 'overloaded'], // Groq: flex capacity exceeded
  [503, 'overloaded'],
  [504, 'timeout'],
  [522, 'timeout'], // Cloudflare in front of the vendor
  [524, 'timeout'],
  [529, 'overloaded'], // Anthropic
]);

/** What a status means when no code says more. A 2xx that carries an error is the upstream's failure. */
export function kindOfHttpStatus(status: number): UpstreamErrorKind {
  return kindOfStatus.get(status) ?? (status >= 400 && status < 500 ? 'caller' : 'upstream_error');
}
