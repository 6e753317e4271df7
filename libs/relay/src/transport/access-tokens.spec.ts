import type { TokenGrant } from '@app/providers';
import { AccessTokens, TokenRefused } from './access-tokens';
import type { Fetched } from './transport';

const grant = (key = 'k'): TokenGrant => ({ key, url: 'https://tokens.test', form: (now) => `signed=${now}` });

const answer = (body: unknown, status = 200): Fetched => ({
  status,
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

function world(...answers: (Fetched | Error)[]) {
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const tokens = new AccessTokens(
    async (call) => {
      asked.push(String(call.body));
      const next = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (next instanceof Error) throw next;
      return next;
    },
    () => clock.now,
  );
  return { clock, asked, tokens };
}

const failureOf = async (tokens: AccessTokens) => {
  const error: unknown = await Promise.resolve(tokens.get(grant(), { id: 'c' })).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(TokenRefused);
  return (error as TokenRefused).failure;
};

describe('access tokens', () => {
  it('are asked for once, however many calls wait, and then there at once', async () => {
    const { tokens, asked } = world(answer({ access_token: 't1', expires_in: 3600 }));
    await expect(Promise.all([tokens.get(grant(), { id: 'c' }), tokens.get(grant(), { id: 'c' })])).resolves.toEqual([
      't1',
      't1',
    ]);
    expect(tokens.get(grant(), { id: 'c' })).toBe('t1');
    expect(asked).toEqual(['signed=1000000']);
  });

  it('are replaced five minutes before they end', async () => {
    const { tokens, asked, clock } = world(
      answer({ access_token: 't1', expires_in: 3600 }),
      answer({ access_token: 't2', expires_in: 3600 }),
    );
    await tokens.get(grant(), { id: 'c' });
    clock.now += 3_299_000;
    expect(tokens.get(grant(), { id: 'c' })).toBe('t1');
    clock.now += 1_000;
    await expect(tokens.get(grant(), { id: 'c' })).resolves.toBe('t2');
    expect(asked).toHaveLength(2);
  });

  it('are forgotten when the upstream refuses them, those of other credentials are not', async () => {
    const { tokens, asked } = world(answer({ access_token: 't', expires_in: 3600 }));
    await tokens.get(grant('a'), { id: 'c1' });
    await tokens.get(grant('b'), { id: 'c2' });
    expect(tokens.forget('c1', 1_000_000)).toBe(false); // this very call got it
    expect(tokens.forget('c1', 1_000_001)).toBe(true);
    expect(tokens.forget('c1', 1_000_001)).toBe(false);
    expect(tokens.get(grant('b'), { id: 'c2' })).toBe('t');
    await tokens.get(grant('a'), { id: 'c1' });
    expect(asked).toHaveLength(3);
  });

  it.each<[string, Fetched | Error, object]>([
    [
      'a refused assertion',
      answer({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, 400),
      {
        kind: 'credential_invalid',
        code: 'invalid_grant',
        status: 400,
        message: expect.stringContaining('Invalid JWT'),
      },
    ],
    ['a deleted account', answer({ error: 'account_gone' }, 401), { kind: 'credential_invalid' }],
    ['too many', answer('slow down', 429), { kind: 'rate_limited' }],
    ['a broken server', answer('<html>', 502), { kind: 'upstream_error' }],
    ['an answer without a token', answer({ id_token: 'x' }), { kind: 'upstream_error' }],
    ['a token no header can carry', answer({ access_token: 'a\r\nb', expires_in: 9 }), { kind: 'upstream_error' }],
    ['no answer', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), { kind: 'network' }],
  ])('fail as their credential on %s, and are asked for again', async (_, given, failure) => {
    const { tokens, asked } = world(given);
    expect(await failureOf(tokens)).toMatchObject(failure);
    await failureOf(tokens);
    expect(asked).toHaveLength(2);
  });

  it('are bounded: the oldest goes', async () => {
    const { tokens, asked } = world(answer({ access_token: 't', expires_in: 3600 }));
    for (let n = 0; n <= 1000; n++) await tokens.get(grant(`k${n}`), { id: 'c' });
    expect(tokens.get(grant('k1000'), { id: 'c' })).toBe('t');
    await tokens.get(grant('k0'), { id: 'c' });
    expect(asked).toHaveLength(1002);
  });
});
