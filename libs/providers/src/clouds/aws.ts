import { preview } from '@app/core';
import { sign } from 'aws4';
import { type CheckedCredential, InvalidCredential, type ReadyCall } from '../authorize';
import { asObject, asText, parseJson } from '../json';

/** Access to an AWS account. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region?: string;
}

export const isRegion = (text: string): boolean => /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text);

const accessKeyId = /^[A-Z0-9]{16,128}$/;
/** `ACCESS:SECRET[:REGION]`; neither holds a colon. */
const triple = /^([A-Z0-9]{16,128}):([A-Za-z0-9/+=]{16,128})(?::([a-z0-9-]+))?$/;
const MOST_KNOWN = 1000;

const known = new Map<string, AwsKeys | null>();

/** The keys in a credential, or null where there are none (a Bedrock API key). Parsed once: it is asked for on every call. */
export function awsKeysOf(credential: string): AwsKeys | null {
  let keys = known.get(credential);
  if (keys === undefined) {
    keys = keysOrNull(credential);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(credential, keys);
  }
  return keys;
}

function keysOrNull(text: string): AwsKeys | null {
  try {
    return readKeys(text);
  } catch {
    return null; // refused when it was stored; the upstream will refuse it, too
  }
}

function readKeys(text: string): AwsKeys | null {
  if (text.startsWith('{')) return readJson(text);
  const [, id, secret, region] = triple.exec(text) ?? [];
  if (id !== undefined && secret !== undefined) return checked({ accessKeyId: id, secretAccessKey: secret, region });
  if (/^A[A-Z]IA[A-Z0-9]{12,}(:|$)/.test(text)) throw new InvalidCredential('must be ACCESS_KEY:SECRET_KEY[:REGION]');
  return null;
}

function readJson(text: string): AwsKeys {
  const json = asObject(parseJson(text));
  if (!json) throw new InvalidCredential('is not valid JSON');
  const id = asText(json.accessKeyId);
  const secret = asText(json.secretAccessKey);
  if (!id || !accessKeyId.test(id)) throw new InvalidCredential('lacks an accessKeyId');
  if (!secret) throw new InvalidCredential('lacks a secretAccessKey');
  const { sessionToken, region } = json;
  return checked({
    accessKeyId: id,
    secretAccessKey: secret,
    sessionToken: asText(sessionToken),
    region: asText(region),
  });
}

function checked(keys: AwsKeys): AwsKeys {
  if (keys.region !== undefined && !isRegion(keys.region))
    throw new InvalidCredential('names a region that is none: us-east-1 is one');
  if (![keys.secretAccessKey, keys.sessionToken ?? ''].every((part) => /^[\x21-\x7e]*$/.test(part)))
    throw new InvalidCredential('must be printable ASCII characters without spaces');
  return keys;
}

/** A Bedrock API key, or an access key in one of its two forms. */
export function checkAwsCredential(text: string): CheckedCredential {
  try {
    const keys = readKeys(text);
    if (!keys) return { secret: text };
    const secret = text.startsWith('{') ? JSON.stringify(keys) : text;
    return { secret, preview: preview(keys.accessKeyId) };
  } catch (error) {
    if (error instanceof InvalidCredential) return { problem: error.message };
    throw error;
  }
}

/**
 * The headers of Signature Version 4 over the call as it is sent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signed(call: ReadyCall, keys: AwsKeys, region: string, now: number): Record<string, string> {
  const { host, pathname, search } = new URL(call.url);
  const request = {
    service: 'bedrock',
    region,
    method: call.method,
    host,
    path: pathname + search,
    headers: { ...call.headers, 'x-amz-date': new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '') },
    body: call.body ?? '',
  };
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const { headers = {} } = sign(request, { accessKeyId, secretAccessKey, sessionToken });
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  // The transport writes these two itself, with the values that were signed.
  return Object.fromEntries(entries.filter(([name]) => name !== 'host' && name !== 'content-length'));
}
