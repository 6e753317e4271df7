import type { UpstreamErrorKind } from '../error-kind';

/** A vendor's own codes; whatever repeats its status or is common to many vendors is not here. */
type Codes = Readonly<Record<string, UpstreamErrorKind>>;

/** https://docs.z.ai/api-reference/api-code: an empty account and a busy model both come as 429. */
export const zhipuCodes: Codes = {
  1000: 'credential_invalid',
  1001: 'credential_invalid',
  1002: 'credential_invalid',
  1003: 'credential_invalid',
  1004: 'credential_invalid',
  1110: 'credential_invalid',
  1111: 'credential_invalid',
  1112: 'credential_invalid',
  1113: 'quota_exhausted',
  1121: 'credential_invalid',
  1210: 'caller',
  1211: 'model_missing',
  1213: 'caller',
  1214: 'caller',
  1215: 'caller',
  1220: 'forbidden',
  1221: 'model_missing',
  1261: 'context_length',
  1301: 'content_policy',
  1302: 'rate_limited',
  1303: 'rate_limited',
  1304: 'rate_limited',
  1305: 'rate_limited',
};

/** https://www.volcengine.com/docs/82379/1299023: an account in arrears comes as 403, a spent free trial as 429. */
export const volcengineCodes: Codes = {
  AuthenticationError: 'credential_invalid',
  AccountOverdueError: 'quota_exhausted',
  QuotaExceeded: 'quota_exhausted',
  SetLimitExceeded: 'quota_exhausted',
  AccessDenied: 'forbidden',
  OperationDenied: 'forbidden',
  InvalidEndpointOrModel: 'model_missing',
  InvalidEndpoint: 'model_missing',
  ModelNotOpen: 'model_missing',
  RateLimitExceeded: 'rate_limited',
  AccountRateLimitExceeded: 'rate_limited',
  ModelAccountRpmRateLimitExceeded: 'rate_limited',
  ModelAccountTpmRateLimitExceeded: 'rate_limited',
  ServerOverloaded: 'overloaded',
  InternalServiceError: 'upstream_error',
  SensitiveContentDetected: 'content_policy',
  InputTextSensitiveContentDetected: 'content_policy',
  InputImageSensitiveContentDetected: 'content_policy',
  OutputTextSensitiveContentDetected: 'content_policy',
  OutputImageSensitiveContentDetected: 'content_policy',
};

/** https://cloud.baidu.com/doc/qianfan-api/s/Om9b4yj3w */
export const qianfanCodes: Codes = {
  invalid_model: 'model_missing',
  no_parameter_permission: 'caller',
  tokens_too_long: 'context_length',
  characters_too_long: 'context_length',
  invalid_iam_token: 'credential_invalid',
  invalid_appId: 'credential_invalid',
  access_denied: 'forbidden',
  account_overdue: 'quota_exhausted',
  rpm_rate_limit_exceeded: 'rate_limited',
  tpm_rate_limit_exceeded: 'rate_limited',
  preemptible_rate_limit_exceeded: 'rate_limited',
  user_rate_limit_exceeded: 'rate_limited',
  cluster_rate_limit_exceeded: 'overloaded',
  dispatch_internal_error: 'upstream_error',
};

/** https://platform.minimax.io/docs/api-reference/errorcode */
export const minimaxCodes: Codes = {
  1001: 'timeout',
  1002: 'rate_limited',
  1004: 'credential_invalid',
  1008: 'quota_exhausted',
  1024: 'upstream_error',
  1026: 'content_policy',
  1027: 'content_policy',
  1033: 'upstream_error',
  1039: 'rate_limited',
  1042: 'caller',
  2013: 'caller',
  2045: 'rate_limited',
  2049: 'credential_invalid',
};

/** https://www.alibabacloud.com/help/en/model-studio/error-code: arrears come as 400. */
export const dashscopeCodes: Codes = {
  Arrearage: 'quota_exhausted',
  'AllocationQuota.FreeTierOnly': 'quota_exhausted',
  CommodityNotPurchased: 'quota_exhausted',
  PrepaidBillOverdue: 'quota_exhausted',
  PostpaidBillOverdue: 'quota_exhausted',
  Throttling: 'rate_limited',
  LimitRequests: 'rate_limited',
  limit_requests: 'rate_limited',
  limit_burst_rate: 'rate_limited',
  insufficient_quota: 'rate_limited', // "allocated quota exceeded": tokens per minute, not money
  'Model.AccessDenied': 'forbidden',
  AccessDenied: 'forbidden',
  ModelNotFound: 'model_missing',
  ModelServiceFailed: 'upstream_error',
  ModelServingError: 'overloaded',
  RequestTimeOut: 'timeout',
  InternalError: 'upstream_error',
};

/** Its bodies carry `type` and a number as `code`. https://docs.mistral.ai/resources/error-glossary */
export const mistralCodes: Codes = {
  invalid_model: 'model_missing',
  service_tier_capacity_exceeded: 'overloaded',
  rate_limited: 'rate_limited',
};

export const siliconFlowCodes: Codes = { 20012: 'model_missing', 30001: 'quota_exhausted' };
