import { createHash, createPrivateKey, sign } from 'node:crypto';
import { type CheckedCredential, InvalidCredential, type TokenGrant } from '../authorize';
import { asObject, asText, parseJson } from '../json';
import type { RequestSettings } from '../protocol';

/** A service account's key as Google Cloud hands it out. https://cloud.google.com/iam/docs/keys-create-delete */
export interface ServiceAccount {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly privateKeyId?: string;
  readonly projectId?: string;
  readonly tokenUri: string;
}

const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LIFETIME_S = 3600;
const MOST_KNOWN = 1000;

const known = new Map<string, ServiceAccount | null>();

/** The account in a credential, or null where it is none (an API key). Parsed once: it is asked for on every call. */
export function serviceAccountOf(credential: string): ServiceAccount | null {
  let account = known.get(credential);
  if (account === undefined) {
    account = credential.startsWith('{') ? accountOrNull(credential) : null;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(credential, account);
  }
  return account;
}

function accountOrNull(text: string): ServiceAccount | null {
  try {
    return readAccount(text);
  } catch {
    return null; // refused when it was stored; the upstream will refuse it, too
  }
}

function readAccount(text: string): ServiceAccount {
  const json = asObject(parseJson(text));
  if (!json) throw new InvalidCredential('is not valid JSON');
  if (json.type !== 'service_account') throw new InvalidCredential('must be the key of a service account');
  const clientEmail = asText(json.client_email);
  const privateKey = asText(json.private_key);
  if (!clientEmail || !/^[^\s@]+@[^\s@]+$/.test(clientEmail)) throw new InvalidCredential('lacks client_email');
  if (!privateKey) throw new InvalidCredential('lacks private_key');
  return {
    clientEmail,
    privateKey,
    privateKeyId: asText(json.private_key_id),
    projectId: asText(json.project_id),
    tokenUri: asText(json.token_uri) ?? TOKEN_URI,
  };
}

/** An API key, or a service account's key: only what is needed of it is kept. */
export function checkGoogleCredential(text: string, settings: RequestSettings): CheckedCredential {
  if (!text.startsWith('{')) return { secret: text };
  try {
    const account = readAccount(text);
    if (!isRsaKey(account.privateKey)) return { problem: 'holds a private_key that is no RSA key in PEM form' };
    tokenUrlOf(account, settings);
    const { clientEmail, privateKey, privateKeyId, projectId, tokenUri } = account;
    const kept = {
      type: 'service_account',
      ...(projectId ? { project_id: projectId } : {}),
      ...(privateKeyId ? { private_key_id: privateKeyId } : {}),
      private_key: privateKey,
      client_email: clientEmail,
      token_uri: tokenUri,
    };
    return { secret: JSON.stringify(kept), preview: previewOf(clientEmail) };
  } catch (error) {
    if (error instanceof InvalidCredential) return { problem: error.message };
    throw error;
  }
}

/** `gateway@my-project…`; the rest is the same for all accounts. */
const previewOf = (email: string): string => `${email.replace(/\.iam\.gserviceaccount\.com$/, '').slice(0, 24)}…`;

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/**
 * Where the account gets its tokens. A key file that names another place than Google's would send a signed assertion there: only
 * the operator's own setting may do that.
 */
function tokenUrlOf({ tokenUri }: ServiceAccount, { tokenUrl }: RequestSettings): string {
  if (tokenUrl) return tokenUrl;
  const url = URL.canParse(tokenUri) ? new URL(tokenUri) : undefined;
  if (url?.protocol === 'https:' && /(^|\.)googleapis\.com$/.test(url.hostname)) return tokenUri;
  throw new InvalidCredential('names a token_uri that is not at googleapis.com: the setting tokenUrl has to say so');
}

/** The JWT grant. https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
export function grantOf(account: ServiceAccount, settings: RequestSettings): TokenGrant {
  const url = tokenUrlOf(account, settings);
  return {
    key: keyOf(account, url),
    url,
    form: (now) =>
      new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertion(account, url, Math.floor(now / 1000)),
      }).toString(),
  };
}

const keys = new WeakMap<ServiceAccount, string>();

function keyOf(account: ServiceAccount, url: string): string {
  let key = keys.get(account);
  if (!key) {
    key = createHash('sha256').update(`${account.clientEmail}\n${account.privateKey}`).digest('hex');
    keys.set(account, key);
  }
  return `${key} ${url}`;
}

function assertion(account: ServiceAccount, audience: string, now: number): string {
  const head = { alg: 'RS256', typ: 'JWT', ...(account.privateKeyId ? { kid: account.privateKeyId } : {}) };
  const claims = { iss: account.clientEmail, scope: SCOPE, aud: audience, iat: now, exp: now + LIFETIME_S };
  const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  try {
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), account.privateKey).toString('base64url')}`;
  } catch {
    throw new InvalidCredential('holds a private_key that cannot sign');
  }
}
