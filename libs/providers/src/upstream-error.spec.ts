import type { UpstreamErrorKind } from './error-kind';
import { findProvider } from './registry';
import { durationMs, retryAfterMs } from './retry-after';
import { classifyUpstreamError } from './upstream-error';

const now = Date.parse('2026-11-22T12:00:00Z');

const classify = (provider: string, status: number, body?: unknown, headers = {}) =>
  classifyUpstreamError({ provider: findProvider(provider)!, status, body, headers, now });

const error = (fields: object) => ({ error: { message: 'm', ...fields } });

describe('what an upstream error means', () => {
  it.each<[string, number, unknown, UpstreamErrorKind, string]>([
    [
      'openai',
      401,
      error({ type: 'invalid_request_error', code: 'invalid_api_key' }),
      'credential_invalid',
      'invalid_api_key',
    ],
    [
      'openai',
      429,
      error({ type: 'insufficient_quota', code: 'insufficient_quota' }),
      'quota_exhausted',
      'insufficient_quota',
    ],
    ['openai', 429, error({ type: 'tokens', code: 'rate_limit_exceeded' }), 'rate_limited', 'rate_limit_exceeded'],
    [
      'openai',
      404,
      error({ type: 'invalid_request_error', code: 'model_not_found' }),
      'model_missing',
      'model_not_found',
    ],
    ['openai', 400, error({ type: 'invalid_request_error', code: null }), 'caller', 'invalid_request_error'],
    ['openai', 400, error({ code: 'context_length_exceeded' }), 'context_length', 'context_length_exceeded'],
    ['openai', 500, error({ type: 'server_error', code: null }), 'upstream_error', 'server_error'],
    ['openai', 503, error({ type: 'service_unavailable', code: 'slow_down' }), 'overloaded', 'slow_down'],
    [
      'openai',
      403,
      error({ code: 'unsupported_country_region_territory' }),
      'credential_invalid',
      'unsupported_country_region_territory',
    ],
    ['openai', 403, undefined, 'forbidden', 'http_403'],
    ['azure-openai', 404, error({ code: 'DeploymentNotFound' }), 'model_missing', 'DeploymentNotFound'],
    [
      'azure-openai',
      400,
      error({ type: null, code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      'content_policy',
      'ResponsibleAIPolicyViolation',
    ],
    [
      'anthropic',
      401,
      { type: 'error', error: { type: 'authentication_error', message: 'm' } },
      'credential_invalid',
      'authentication_error',
    ],
    [
      'anthropic',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
        },
      },
      'forbidden',
      'invalid_request_error',
    ],
    ['openai', 503, { error: { message: 'm', type: 'server_error', code: null } }, 'overloaded', 'server_error'],
    ['openai', 500, { error: { message: 'm', type: 'server_error', code: null } }, 'upstream_error', 'server_error'],
    [
      'anthropic',
      402,
      { type: 'error', error: { type: 'billing_error', message: 'm' } },
      'quota_exhausted',
      'billing_error',
    ],
    [
      'anthropic',
      403,
      { type: 'error', error: { type: 'permission_error', message: 'm' } },
      'forbidden',
      'permission_error',
    ],
    [
      'anthropic',
      404,
      { type: 'error', error: { type: 'not_found_error', message: 'm' } },
      'model_missing',
      'not_found_error',
    ],
    [
      'anthropic',
      413,
      { type: 'error', error: { type: 'request_too_large', message: 'm' } },
      'caller',
      'request_too_large',
    ],
    [
      'anthropic',
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'm' } },
      'overloaded',
      'overloaded_error',
    ],
    [
      'gemini',
      400,
      error({ code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] }),
      'credential_invalid',
      'API_KEY_INVALID',
    ],
    ['gemini', 400, error({ code: 400, status: 'INVALID_ARGUMENT' }), 'caller', 'INVALID_ARGUMENT'],
    ['gemini', 403, error({ code: 403, status: 'PERMISSION_DENIED' }), 'forbidden', 'PERMISSION_DENIED'],
    ['gemini', 429, error({ code: 429, status: 'RESOURCE_EXHAUSTED' }), 'rate_limited', 'RESOURCE_EXHAUSTED'],
    ['gemini', 503, [error({ code: 503, status: 'UNAVAILABLE' })], 'overloaded', 'UNAVAILABLE'],
    [
      'deepseek',
      402,
      error({ type: 'unknown_error', code: 'invalid_request_error' }),
      'quota_exhausted',
      'invalid_request_error',
    ],
    [
      'moonshot',
      429,
      error({ type: 'exceeded_current_quota_error' }),
      'quota_exhausted',
      'exceeded_current_quota_error',
    ],
    ['moonshot', 429, error({ type: 'engine_overloaded_error' }), 'overloaded', 'engine_overloaded_error'],
    ['zhipu', 429, error({ code: '1113' }), 'quota_exhausted', '1113'],
    ['zhipu', 429, error({ code: '1302' }), 'rate_limited', '1302'],
    ['zhipu', 400, error({ code: '1211' }), 'model_missing', '1211'],
    ['zhipu', 400, error({ code: '1261' }), 'context_length', '1261'],
    ['zhipu', 400, error({ code: '1301' }), 'content_policy', '1301'],
    [
      'volcengine',
      403,
      error({ code: 'AccountOverdueError', type: 'Forbidden' }),
      'quota_exhausted',
      'AccountOverdueError',
    ],
    ['volcengine', 429, error({ code: 'QuotaExceeded', type: 'TooManyRequests' }), 'quota_exhausted', 'QuotaExceeded'],
    ['volcengine', 429, error({ code: 'ServerOverloaded', type: 'TooManyRequests' }), 'overloaded', 'ServerOverloaded'],
    [
      'volcengine',
      429,
      error({ code: 'RateLimitExceeded.EndpointTPMExceeded', type: 'TooManyRequests' }),
      'rate_limited',
      'RateLimitExceeded.EndpointTPMExceeded',
    ],
    [
      'volcengine',
      400,
      error({ code: 'SensitiveContentDetected.Violence', type: 'BadRequest' }),
      'content_policy',
      'SensitiveContentDetected.Violence',
    ],
    [
      'volcengine',
      404,
      error({ code: 'InvalidEndpointOrModel.NotFound' }),
      'model_missing',
      'InvalidEndpointOrModel.NotFound',
    ],
    [
      'qianfan',
      400,
      error({ code: 'tokens_too_long', type: 'invalid_request_error' }),
      'context_length',
      'tokens_too_long',
    ],
    ['qianfan', 429, error({ code: 'rpm_rate_limit_exceeded' }), 'rate_limited', 'rpm_rate_limit_exceeded'],
    ['qianfan', 401, error({ code: 'invalid_iam_token' }), 'credential_invalid', 'invalid_iam_token'],
    ['minimax', 200, { base_resp: { status_code: 1008, status_msg: 'm' } }, 'quota_exhausted', '1008'],
    ['minimax', 200, { base_resp: { status_code: 1026, status_msg: 'm' } }, 'content_policy', '1026'],
    ['mistral', 400, { type: 'invalid_model', message: 'm', code: '1500' }, 'model_missing', '1500'],
    ['mistral', 429, { type: 'service_tier_capacity_exceeded', code: '3505' }, 'overloaded', '3505'],
    [
      'dashscope',
      429,
      error({ code: 'insufficient_quota', type: 'insufficient_quota' }),
      'rate_limited',
      'insufficient_quota',
    ],
    ['dashscope', 403, { code: 'AllocationQuota.FreeTierOnly' }, 'quota_exhausted', 'AllocationQuota.FreeTierOnly'],
    ['dashscope', 400, error({ code: 'data_inspection_failed' }), 'content_policy', 'data_inspection_failed'],
    ['moonshot', 400, error({ type: 'content_filter' }), 'content_policy', 'content_filter'],
    [
      'openrouter',
      403,
      error({ code: 403, metadata: { reasons: ['violence'], flagged_input: 'x' } }),
      'content_policy',
      'content_policy_violation',
    ],
    ['openrouter', 403, error({ code: 403 }), 'forbidden', 'http_403'],
    [
      'openai',
      400,
      error({ code: 'invalid_prompt', type: 'invalid_request_error' }),
      'content_policy',
      'invalid_prompt',
    ],
    [
      'openai',
      400,
      error({ code: 'moderation_blocked', type: 'image_generation_user_error' }),
      'content_policy',
      'moderation_blocked',
    ],
    ['openai-compatible', 413, error({ code: 'tokens_limit_reached' }), 'context_length', 'tokens_limit_reached'],
    ['dashscope', 400, { code: 'Arrearage', message: 'm' }, 'quota_exhausted', 'Arrearage'],
    ['siliconflow', 400, { code: 20012, message: 'm', data: null }, 'model_missing', '20012'],
    ['mistral', 401, { detail: 'Invalid API Key' }, 'credential_invalid', 'http_401'],
    ['openrouter', 429, error({ code: 429, metadata: { provider_name: 'x' } }), 'rate_limited', 'http_429'],
    ['groq', 498, error({}), 'overloaded', 'http_498'],
    ['openai-compatible', 502, '<html>Bad gateway</html>', 'upstream_error', 'http_502'],
    ['openai-compatible', 504, undefined, 'timeout', 'http_504'],
    ['openai-compatible', 307, undefined, 'upstream_error', 'http_307'],
  ])('%s %i %j is %s', (provider, status, body, kind, code) => {
    expect(classify(provider, status, body)).toMatchObject({ kind, code });
  });

  it.each<[string, unknown, UpstreamErrorKind]>([
    ['anthropic', { type: 'error', error: { type: 'overloaded_error', message: 'm' } }, 'overloaded'],
    ['openrouter', error({ code: 502 }), 'upstream_error'],
    ['openrouter', error({ code: 429 }), 'rate_limited'],
    ['openai', error({ type: 'invalid_request_error' }), 'caller'],
    ['openai', error({}), 'upstream_error'],
    ['openai', null, 'upstream_error'],
  ])('an error of %s inside a 200: %j is %s', (provider, body, kind) => {
    expect(classify(provider, 200, body).kind).toBe(kind);
  });

  it.each([
    'Your card has insufficient credit',
    'You have exhausted your credits',
    "messages.0: 'Your credit balance is too low to access the Anthropic API' is not a role",
  ])('takes no account for empty because a text says so: %s', (message) => {
    const body = { type: 'error', error: { type: 'invalid_request_error', message } };
    expect(classify('anthropic', 400, body).kind).toBe('caller');
    expect(classify('openai', 429, error({ type: 'requests', message })).kind).toBe('rate_limited');
  });

  it('goes by what the operator says of a code or a status before all else', () => {
    const errorKinds = { weird_code: 'overloaded', http_409: 'rate_limited' } as const;
    const kindOf = (status: number, body: unknown) =>
      classifyUpstreamError({ provider: findProvider('openai')!, status, body, errorKinds, now }).kind;
    expect(kindOf(400, error({ code: 'weird_code' }))).toBe('overloaded');
    expect(kindOf(409, error({ code: 'x' }))).toBe('rate_limited');
    expect(kindOf(400, error({ code: 'x' }))).toBe('caller');
  });

  it('never decides on words', () => {
    const body = error({ message: 'invalid api key, quota exceeded, overloaded', type: 'invalid_request_error' });
    expect(classify('openai', 400, body).kind).toBe('caller');
    expect(classify('openai', 500, body).kind).toBe('upstream_error');
  });

  it('does not take a sentence for a code', () => {
    const body = { code: 'The caller does not have permission', error: 'Your key was blocked' };
    expect(classify('xai', 403, body)).toMatchObject({
      kind: 'forbidden',
      code: 'http_403',
      message: 'Your key was blocked',
    });
  });

  it('keeps secrets and novels out of the message', () => {
    const key = 'sk-proj-abcdefghijklmnopqrstuvwxyz';
    const { message } = classify(
      'openai',
      401,
      error({ message: `Incorrect API key provided: ${key}. ${'x'.repeat(10_000)}` }),
    );
    expect(message).not.toContain(key);
    expect(message.length).toBeLessThanOrEqual(500);
  });
});

describe('how long to wait', () => {
  it.each<[string, Record<string, string | string[]>, unknown, number | undefined]>([
    ['seconds', { 'retry-after': '20' }, null, 20_000],
    ['fractions', { 'retry-after': '0.5' }, null, 500],
    ['milliseconds before seconds', { 'retry-after-ms': '1500', 'retry-after': '2' }, null, 1500],
    ['an HTTP date', { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }, null, 30_000],
    ['a date that has passed', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, null, 0],
    ['a repeated header', { 'retry-after': ['3', '9'] }, null, 3000],
    ['nonsense', { 'retry-after': 'soon' }, null, undefined],
    ['a negative number', { 'retry-after': '-4' }, null, 0],
    ['a year', { 'retry-after': '31536000' }, null, 86_400_000],
    ['RetryInfo', {}, error({ details: [{ reason: 'X' }, { retryDelay: '34.4s' }] }), 34_400],
    ['RetryInfo in an array', {}, [error({ details: [{ retryDelay: '2s' }] })], 2000],
    [
      'OpenAI’s exhausted limit, not the other',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-tokens': '10',
        'x-ratelimit-reset-tokens': '9h',
      },
      null,
      360_000,
    ],
    [
      'Anthropic’s exhausted limit',
      {
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-22T12:01:00Z',
      },
      null,
      60_000,
    ],
    ['epoch seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 5) }, null, 5000],
    ['epoch milliseconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 7000) }, null, 7000],
    ['a limit that is not exhausted', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '5' }, null, undefined],
    ['nothing', {}, null, undefined],
  ])('%s', (_, headers, body, expected) => {
    expect(retryAfterMs(headers, body, now)).toBe(expected);
  });

  it.each([
    ['20ms', 20],
    ['1m30.5s', 90_500],
    ['1h2m3s', 3_723_000],
    ['s', undefined],
    ['5 s', undefined],
  ])('reads %s', (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });
});
