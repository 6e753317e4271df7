import { until } from '../support/gateway';
import { useWorld, type World } from '../support/world';

/**
 * Whatever goes wrong, in the words of whoever asked: four callers, four upstreams, every class of error. Statuses and OpenAI's codes
 * are those of the HTTP contract; the rest is each protocol's own.
 */
let world: World;

useWorld(async (opened) => {
  world = opened;
  await world.api.changeSettings({ relay: { timeout: { firstByteMs: 3_000 } } });
});

const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type Protocol = (typeof protocols)[number];

const ask = (protocol: Protocol, model: string, stream: boolean, key = world.key): Promise<Response> => {
  const content = 'hello there';
  const calls: Record<Protocol, [path: string, body: object]> = {
    'openai-chat': ['/v1/chat/completions', { model, stream, messages: [{ role: 'user', content }] }],
    'openai-responses': ['/v1/responses', { model, stream, input: content }],
    'anthropic-messages': ['/v1/messages', { model, stream, max_tokens: 100, messages: [{ role: 'user', content }] }],
    gemini: [
      `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      { contents: [{ role: 'user', parts: [{ text: content }] }] },
    ],
  };
  const [path, body] = calls[protocol];
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return fetch(world.url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
};

interface Told {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number | null;
  readonly status?: string;
  readonly param?: string | null;
  readonly details?: readonly { readonly '@type': string; readonly retryDelay?: string }[];
}

/** The error of an answer, in the one shape its protocol has. */
async function errorOf(protocol: Protocol, answer: Response): Promise<Told> {
  const body = (await answer.json()) as { error: Told };
  const requestId = answer.headers.get('x-request-id');
  expect(requestId).toMatch(/^req_/);
  expect(answer.headers.get('content-type')).toMatch('application/json');
  const { message } = body.error;
  expect(message.length).toBeGreaterThan(10);
  if (protocol === 'anthropic-messages') {
    const { type } = body.error;
    expect(body).toEqual({ type: 'error', error: { type, message }, request_id: requestId });
  } else if (protocol === 'gemini') {
    const { status, details } = body.error;
    expect(body).toEqual({ error: { code: answer.status, message, status, ...(details && { details }) } });
    expect(status).toMatch(/^[A-Z_]+$/);
  } else {
    const { type, code, param } = body.error;
    expect(body).toEqual({ error: { message, type, code, param } });
    expect(param === null || typeof param === 'string').toBe(true);
  }
  return body.error;
}

interface Expected {
  readonly status: number;
  readonly openai: { readonly type: string; readonly code: string | null };
  readonly anthropic: string;
  readonly gemini: string;
  /** In the words of each caller's own vendor. */
  readonly says?: Partial<Record<Protocol, RegExp>>;
  readonly retryAfter?: number;
}

const ours = (type = 'upstream_error') => ({ type, code: 'upstream_error' });

/** By what the simulator's credential is scripted to do. */
const classes: Readonly<Record<string, Expected>> = {
  '429-retry-7': {
    status: 502,
    openai: ours('rate_limit_error'),
    anthropic: 'rate_limit_error',
    gemini: 'RESOURCE_EXHAUSTED',
    retryAfter: 7,
  },
  overloaded: {
    status: 502,
    openai: ours('service_unavailable_error'),
    anthropic: 'overloaded_error',
    gemini: 'UNAVAILABLE',
  },
  '529': {
    status: 502,
    openai: ours('service_unavailable_error'),
    anthropic: 'overloaded_error',
    gemini: 'UNAVAILABLE',
  },
  '500': { status: 502, openai: ours(), anthropic: 'api_error', gemini: 'UNAVAILABLE' },
  // Whose key it is that was refused, or is used up, is the operator's affair.
  dead: { status: 502, openai: ours(), anthropic: 'api_error', gemini: 'UNAVAILABLE' },
  quota: { status: 502, openai: ours(), anthropic: 'api_error', gemini: 'UNAVAILABLE' },
  '403': { status: 502, openai: ours(), anthropic: 'api_error', gemini: 'UNAVAILABLE' },
  '404': { status: 502, openai: ours(), anthropic: 'api_error', gemini: 'UNAVAILABLE' },
  hang: {
    status: 504,
    openai: { type: 'upstream_error', code: 'upstream_timeout' },
    anthropic: 'timeout_error',
    gemini: 'DEADLINE_EXCEEDED',
  },
  '400': {
    status: 400,
    openai: { type: 'invalid_request_error', code: null },
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
  },
  '422': {
    status: 422,
    openai: { type: 'invalid_request_error', code: null },
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
  },
  'too-long': {
    status: 400,
    openai: { type: 'invalid_request_error', code: 'context_length_exceeded' },
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
    says: {
      'anthropic-messages': /^prompt is too long: /,
      gemini: /^The input token count .*exceeds the maximum number/,
    },
  },
  'forbidden-words': {
    status: 400,
    openai: { type: 'invalid_request_error', code: 'content_policy_violation' },
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
  },
};

function expectError(protocol: Protocol, told: Told, expected: Expected): void {
  if (protocol === 'anthropic-messages') expect(told.type).toBe(expected.anthropic);
  else if (protocol === 'gemini') expect(told.status).toBe(expected.gemini);
  else expect({ type: told.type, code: told.code }).toEqual(expected.openai);
  expect(told.message).toMatch(expected.says?.[protocol] ?? /./);
}

describe.each(Object.entries(classes))('an upstream that answers %s', (words, expected) => {
  // Google knows no difference between a minute's limit and an account that is used up.
  const speakers = words === 'quota' ? protocols.filter((protocol) => protocol !== 'gemini') : protocols;

  it.each(speakers)('means the same to every caller, speaking %s', async (upstream) => {
    const answers = await Promise.all(
      protocols.flatMap((protocol) =>
        [false, true].map(async (stream) => {
          const { model } = await world.serve('sim-echo', [{ protocols: [upstream], keys: [words] }]);
          return { protocol, stream, answer: await ask(protocol, model, stream) };
        }),
      ),
    );
    for (const { protocol, stream, answer } of answers) {
      expect([protocol, stream, answer.status]).toEqual([protocol, stream, expected.status]);
      const told = await errorOf(protocol, answer);
      expectError(protocol, told, expected);
      expect(answer.headers.get('retry-after')).toBe(expected.retryAfter?.toString() ?? null);
      if (protocol === 'gemini')
        expect(told.details?.find(({ retryDelay }) => retryDelay)?.retryDelay).toBe(
          expected.retryAfter && `${expected.retryAfter}s`,
        );
    }
  });
});

/** What the gateway refuses by itself. */
const refusals: Readonly<Record<string, Expected & { prepare(): Promise<{ model: string; key?: string }> }>> = {
  'an unknown key': {
    prepare: async () => ({ ...(await world.serve('sim-echo')), key: 'sk-unknown' }),
    status: 401,
    openai: { type: 'authentication_error', code: 'invalid_api_key' },
    anthropic: 'authentication_error',
    gemini: 'UNAUTHENTICATED',
  },
  "a model not on the key's list": {
    prepare: async () => ({
      ...(await world.serve('sim-echo')),
      key: (await world.api.createKey({ models: ['another'] })).key,
    }),
    status: 403,
    openai: { type: 'permission_error', code: 'model_not_allowed' },
    anthropic: 'permission_error',
    gemini: 'PERMISSION_DENIED',
  },
  'a model nobody serves': {
    prepare: async () => ({ model: `nobody-${world.label()}` }),
    status: 404,
    openai: { type: 'invalid_request_error', code: 'model_not_found' },
    anthropic: 'not_found_error',
    gemini: 'NOT_FOUND',
  },
  'an empty wallet': {
    prepare: async () => ({ ...(await world.serve('sim-echo')), key: (await world.account(0)).key.key }),
    status: 402,
    openai: { type: 'insufficient_quota', code: 'insufficient_quota' },
    anthropic: 'billing_error',
    gemini: 'FAILED_PRECONDITION',
  },
  'a limit of the key': {
    prepare: async () => {
      const { model } = await world.serve('sim-echo');
      const { key } = await world.api.createKey({ rpm: 1 });
      await until('the limit reached', async () => (await ask('openai-chat', model, false, key)).status === 429);
      return { model, key };
    },
    status: 429,
    openai: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    anthropic: 'rate_limit_error',
    gemini: 'RESOURCE_EXHAUSTED',
  },
  'an upstream that rests': {
    prepare: async () => {
      const { model } = await world.serve('sim-echo', [{ keys: ['429-retry-60'] }]);
      expect((await ask('openai-chat', model, false)).status).toBe(502);
      return { model };
    },
    status: 503,
    openai: { type: 'server_error', code: 'unavailable' },
    anthropic: 'overloaded_error',
    gemini: 'UNAVAILABLE',
  },
};

describe.each(Object.entries(refusals))('%s', (_name, { prepare, ...expected }) => {
  it('is refused in the words of every caller', async () => {
    const { model, key } = await prepare();
    for (const protocol of protocols) {
      const answer = await ask(protocol, model, false, key);
      expect([protocol, answer.status]).toEqual([protocol, expected.status]);
      expectError(protocol, await errorOf(protocol, answer), expected);
      const comesBack = [429, 503].includes(expected.status);
      expect(Number(answer.headers.get('retry-after')) > 0).toBe(comesBack);
    }
  });
});
