import { createHash, createHmac, createVerify, generateKeyPairSync } from 'node:crypto';
import { InvalidCredential } from '../authorize';
import { protocolsFor } from '../request';
import { findProvider } from '../registry';
import type { RequestSettings, UpstreamProtocol } from '../protocol';
import { checkAwsCredential, signed } from './aws';
import { checkGoogleCredential, grantOf, serviceAccountOf } from './google';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const account = {
  type: 'service_account',
  project_id: 'my-project',
  private_key_id: 'kid1',
  private_key: privateKey,
  client_email: 'gateway@my-project.iam.gserviceaccount.com',
  client_id: '42',
  token_uri: 'https://oauth2.googleapis.com/token',
};
const json = (over: object = {}): string => JSON.stringify({ ...account, ...over }, null, 2);
const ACCESS = 'AKIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

describe("a service account's key", () => {
  it('is kept in one line, without what is not needed, and shown by its e-mail', () => {
    const checked = checkGoogleCredential(json(), {});
    if ('problem' in checked) throw new Error(checked.problem);
    expect(checked.secret).toMatch(/^[\x20-\x7e]+$/);
    expect(checked.secret).not.toContain('client_id');
    expect(checked.preview).toBe('gateway@my-project…');
    expect(serviceAccountOf(checked.secret)).toMatchObject({ projectId: 'my-project', privateKey });
  });

  it('may be an API key', () => {
    expect(checkGoogleCredential('AQ.Ab8RN6x', {})).toEqual({ secret: 'AQ.Ab8RN6x' });
    expect(serviceAccountOf('AQ.Ab8RN6x')).toBeNull();
  });

  it.each<[string, string]>([
    ['JSON', '{"type":'],
    ['a service account', json({ type: 'authorized_user' })],
    ['client_email', json({ client_email: undefined })],
    ['private_key', json({ private_key: '' })],
    ['no RSA key', json({ private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' })],
    ['googleapis.com', json({ token_uri: 'https://evil.test/token' })],
    ['googleapis.com', json({ token_uri: 'https://evilgoogleapis.com/token' })],
    ['googleapis.com', json({ token_uri: 'http://oauth2.googleapis.com/token' })],
  ])('is refused, naming %s and nothing of the key', (words, text) => {
    const checked = checkGoogleCredential(text, {});
    expect(checked).toEqual({ problem: expect.stringContaining(words) });
    expect(JSON.stringify(checked)).not.toContain('BEGIN');
  });

  it('is exchanged elsewhere only where the operator says so', () => {
    const strange = serviceAccountOf(json({ token_uri: 'https://evil.test/token' }))!;
    expect(() => grantOf(strange, {})).toThrow(InvalidCredential);
    expect(grantOf(strange, { tokenUrl: 'https://mine.test/token' }).url).toBe('https://mine.test/token');
  });

  it('signs an assertion that its public key proves', () => {
    const form = new URLSearchParams(grantOf(serviceAccountOf(json())!, {}).form(1_700_000_000_123));
    const [head = '', claims = '', signature = ''] = form.get('assertion')!.split('.');
    const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(parse(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid1' });
    expect(parse(claims)).toEqual({
      iss: account.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: account.token_uri,
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    });
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verify.verify(publicKey, signature, 'base64url')).toBe(true);
  });

  it('has a grant by which nothing of it can be read', () => {
    const { key } = grantOf(serviceAccountOf(json())!, {});
    expect(key).toMatch(/^[0-9a-f]{64} https:/);
  });
});

describe('an access key', () => {
  it.each([
    ['three parts', `${ACCESS}:${SECRET}:eu-west-1`, `${ACCESS}:${SECRET}:eu-west-1`],
    ['two parts', `${ACCESS}:${SECRET}`, `${ACCESS}:${SECRET}`],
    [
      'JSON',
      JSON.stringify(
        { accessKeyId: ACCESS, secretAccessKey: SECRET, sessionToken: 'FwoG', region: 'us-gov-west-1' },
        null,
        1,
      ),
      JSON.stringify({ accessKeyId: ACCESS, secretAccessKey: SECRET, sessionToken: 'FwoG', region: 'us-gov-west-1' }),
    ],
  ])('is taken as %s and shown by its id', (_, given, secret) => {
    expect(checkAwsCredential(given)).toEqual({ secret, preview: 'AKI…MPLE' });
  });

  it('may be a Bedrock API key', () => {
    expect(checkAwsCredential('ABSKQmVkcm9ja0FQSUtleS==')).toEqual({ secret: 'ABSKQmVkcm9ja0FQSUtleS==' });
  });

  it.each([
    ['SECRET_KEY', ACCESS],
    ['SECRET_KEY', `${ACCESS}:not a secret`],
    ['region', `${ACCESS}:${SECRET}:Europe`.replace('Europe', 'mars')],
    ['accessKeyId', JSON.stringify({ secretAccessKey: SECRET })],
    ['secretAccessKey', JSON.stringify({ accessKeyId: ACCESS })],
    ['JSON', '{accessKeyId}'],
  ])('is refused, naming %s and nothing of the secret', (words, given) => {
    const checked = checkAwsCredential(given);
    expect(checked).toEqual({ problem: expect.stringContaining(words) });
    expect(JSON.stringify(checked)).not.toContain('wJalr');
  });

  const body = Buffer.from('{"messages":[]}');
  const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-v1%3A0/invoke';
  const call = { method: 'POST' as const, url, headers: { 'content-type': 'application/json' }, body };
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);

  it('signs the call as AWS documents, its path encoded twice', () => {
    const headers = signed(call, { accessKeyId: ACCESS, secretAccessKey: SECRET }, 'us-east-1', now);
    const signature = documentedSignature(body, '/model/us.anthropic.claude-sonnet-4-v1%253A0/invoke');
    expect(headers.authorization).toContain(`Credential=${ACCESS}/20260102/us-east-1/bedrock/aws4_request`);
    expect(headers.authorization).toContain('SignedHeaders=content-length;content-type;host;x-amz-date');
    expect(headers.authorization).toContain(`Signature=${signature}`);
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'content-type', 'x-amz-date']);
  });

  it("sends a session's token along, signed", () => {
    const keys = { accessKeyId: ACCESS, secretAccessKey: SECRET, sessionToken: 'FwoGZXIv' };
    const headers = signed(call, keys, 'us-east-1', now);
    expect(headers['x-amz-security-token']).toBe('FwoGZXIv');
    expect(headers.authorization).toContain('x-amz-security-token');
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step by step. */
function documentedSignature(body: Buffer, canonicalPath: string): string {
  const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const headers = [
    `content-length:${body.length}`,
    'content-type:application/json',
    'host:bedrock-runtime.us-east-1.amazonaws.com',
    'x-amz-date:20260102T030405Z',
  ];
  const names = 'content-length;content-type;host;x-amz-date';
  const canonical = ['POST', canonicalPath, '', ...headers, '', names, hash(body)].join('\n');
  const scope = '20260102/us-east-1/bedrock/aws4_request';
  const text = ['AWS4-HMAC-SHA256', '20260102T030405Z', scope, hash(canonical)].join('\n');
  const key = ['20260102', 'us-east-1', 'bedrock', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  return hmac(key, text).toString('hex');
}

interface Ask {
  readonly id: 'vertex-ai' | 'bedrock';
  readonly protocol: UpstreamProtocol;
  readonly model: string;
  readonly stream?: boolean;
  readonly settings?: RequestSettings;
  readonly credential?: string;
  readonly baseUrl?: string;
}

function urlOf({ id, credential = json(), baseUrl, ...target }: Ask): string {
  const provider = findProvider(id)!;
  const base = baseUrl ?? provider.defaultBaseUrl!;
  const { url, headers } = provider.request({ operation: 'chat', ...target, credential, baseUrl: base });
  expect(JSON.stringify(headers)).not.toContain(credential.slice(0, 12));
  return url;
}

const gemini = { id: 'vertex-ai', protocol: 'gemini', model: 'gemini-2.5-pro' } as const;
const claude = { id: 'vertex-ai', protocol: 'anthropic-messages', model: 'claude-sonnet-4-5@20250929' } as const;
const converse = {
  id: 'bedrock',
  protocol: 'bedrock-converse',
  model: 'us.amazon.nova-pro-v1:0',
  credential: 'ABSKx',
} as const;
const invoke = {
  ...converse,
  protocol: 'anthropic-messages',
  model: 'eu.anthropic.claude-opus-4-1-20250805-v1:0',
} as const;

describe('a cloud is called', () => {
  const google = 'https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers';
  it.each<[string, Ask, string]>([
    ['globally', gemini, `${google}/google/models/gemini-2.5-pro:generateContent`],
    ['streamed', { ...gemini, stream: true }, `${google}/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse`],
    ['for Claude', claude, `${google}/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict`],
    [
      'for Claude, streamed',
      { ...claude, stream: true },
      `${google}/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict`,
    ],
    [
      'in a region and for a project',
      { ...gemini, settings: { region: 'us-central1', project: 'other' } },
      'https://us-central1-aiplatform.googleapis.com/v1/projects/other/locations/us-central1/publishers/google/models/gemini-2.5-pro:generateContent',
    ],
    [
      'in a multi-region',
      { ...claude, settings: { region: 'eu' } },
      'https://aiplatform.eu.rep.googleapis.com/v1/projects/my-project/locations/eu/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict',
    ],
    [
      "in the region of the operator's base URL",
      { ...gemini, baseUrl: 'https://europe-west4-aiplatform.googleapis.com/v1' },
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/my-project/locations/europe-west4/publishers/google/models/gemini-2.5-pro:generateContent',
    ],
    [
      'with an API key alone (express mode)',
      { ...gemini, credential: 'AQ.Ab8RN6xxxxxx' },
      'https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-pro:generateContent',
    ],
    [
      'for a tuned model',
      { ...gemini, model: 'endpoints/123' },
      'https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/endpoints/123:generateContent',
    ],
    [
      'for an open model',
      { id: 'vertex-ai', protocol: 'openai-chat', model: 'meta/llama-4-maverick-17b-128e-instruct-maas' },
      'https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/endpoints/openapi/chat/completions',
    ],
    [
      'over Converse',
      converse,
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse',
    ],
    [
      "in the credential's region, streamed",
      { ...converse, stream: true, credential: `${ACCESS}:${SECRET}:ap-south-1` },
      'https://bedrock-runtime.ap-south-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse-stream',
    ],
    [
      "in the channel's region before that",
      { ...invoke, settings: { region: 'cn-north-1' }, credential: `${ACCESS}:${SECRET}:ap-south-1` },
      'https://bedrock-runtime.cn-north-1.amazonaws.com.cn/model/eu.anthropic.claude-opus-4-1-20250805-v1%3A0/invoke',
    ],
    [
      'over InvokeModel, streamed, at a private endpoint',
      { ...invoke, stream: true, baseUrl: 'https://vpce-1.bedrock-runtime.eu-west-3.vpce.amazonaws.com' },
      'https://vpce-1.bedrock-runtime.eu-west-3.vpce.amazonaws.com/model/eu.anthropic.claude-opus-4-1-20250805-v1%3A0/invoke-with-response-stream',
    ],
  ])('%s', (_, ask, url) => {
    expect(urlOf(ask)).toBe(url);
  });

  it.each<[string, string, UpstreamProtocol[]]>([
    ['vertex-ai', 'claude-opus-4-6', ['anthropic-messages']],
    ['vertex-ai', 'gemini-3-pro', ['gemini']],
    ['vertex-ai', 'publishers/google/models/gemini-3-pro', ['gemini']],
    ['vertex-ai', 'endpoints/123', ['gemini']],
    ['vertex-ai', 'deepseek-ai/deepseek-v3.1-maas', ['openai-chat']],
    ['bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', ['anthropic-messages', 'bedrock-converse']],
    ['bedrock', 'anthropic.claude-3-haiku-20240307-v1:0', ['anthropic-messages', 'bedrock-converse']],
    ['bedrock', 'amazon.nova-lite-v1:0', ['bedrock-converse']],
    ['bedrock', 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x', ['bedrock-converse']],
  ])('%s speaks to %s in %j', (id, model, protocols) => {
    const provider = findProvider(id)!;
    expect(protocolsFor(provider, provider.protocols, model)).toEqual(protocols);
  });

  it('signs for the region it calls, also at a private endpoint', async () => {
    const provider = findProvider('bedrock')!;
    const url = 'https://vpce-1.bedrock-runtime.eu-west-3.vpce.amazonaws.com/model/m/converse';
    const ready = { method: 'POST' as const, url, headers: {}, body: Buffer.from('{}') };
    const token = () => '';
    const authority = { credential: `${ACCESS}:${SECRET}`, settings: {}, now: Date.now(), token };
    expect((await provider.authorize!(ready, authority)).authorization).toContain('/eu-west-3/bedrock/');
    const key = await provider.authorize!(ready, { ...authority, credential: 'ABSKx' });
    expect(key).toEqual({ authorization: 'Bearer ABSKx' });
  });

  it('asks for a token only where the credential is a service account', async () => {
    const provider = findProvider('vertex-ai')!;
    const ready = { method: 'POST' as const, url: 'https://x', headers: {}, body: null };
    const asked: string[] = [];
    const authority = (credential: string, found: string | Promise<string>) => ({
      credential,
      settings: {},
      now: 0,
      token: ({ url }: { url: string }) => (asked.push(url), found),
    });
    expect(provider.authorize!(ready, authority('AIza', 't'))).toEqual({ 'x-goog-api-key': 'AIza' });
    expect(provider.authorize!(ready, authority(json(), 't'))).toEqual({ authorization: 'Bearer t' });
    await expect(provider.authorize!(ready, authority(json(), Promise.resolve('u')))).resolves.toEqual({
      authorization: 'Bearer u',
    });
    expect(asked).toEqual([account.token_uri, account.token_uri]);
  });
});
