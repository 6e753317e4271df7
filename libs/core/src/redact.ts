/** Field names whose values never reach a log, an error or an export. Compared lower-case, without `-` and `_`. */
const secretFields = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'xapikey',
  'xgoogapikey',
  'apikey',
  'key',
  'keys',
  'password',
  'passwordhash',
  'secret',
  'token',
  'accesstoken',
  'refreshtoken',
  'credential',
  'credentials',
  'masterkey',
  'otp',
  'privatekey',
  'clientsecret',
  'secretaccesskey',
  'sessiontoken',
  'xamzsecuritytoken',
  'cipher',
]);

/** Secrets recognisable by shape inside any text: API keys, bearer tokens, JWTs, key query parameters, URL passwords. */
const secretShapes: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
  // Google's alone have no separator after the prefix; without one, `pagination_cursor_value` would be a secret.
  [/\b(?:(?:sk|pk|rk|xai|gsk|pa|r8|hf)[-_]|AIza)[A-Za-z0-9_-]{16,}/g, '[redacted]'],
  [/\b(ya29\.|ABSK|bedrock-api-key-)[A-Za-z0-9._+/=-]{16,}/g, '[redacted]'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '[redacted]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/g, '[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, '[redacted]'],
  [/([?&](?:key|api_key|apikey|token|access_token)=)[^&\s"']+/gi, '$1[redacted]'],
  [/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, '$1[redacted]@'],
];

export const isSecretField = (name: string): boolean => secretFields.has(name.toLowerCase().replaceAll(/[-_]/g, ''));

export function redactText(text: string): string {
  return secretShapes.reduce((clean, [shape, replacement]) => clean.replace(shape, replacement), text);
}

/** A deep copy with secrets replaced, safe to log. Depth and breadth are bounded; cycles are cut. */
export function redact(value: unknown, depth = 6): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Error) {
    return {
      name: value.name,
      message: redactText(value.message),
      stack: redactText(value.stack ?? ''),
      ...(value.cause ? { cause: redact(value.cause, depth - 1) } : {}),
    };
  }
  if (value instanceof Date) return value.toISOString();
  if (depth <= 0) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([name, item]) => [name, isSecretField(name) && item != null ? '[redacted]' : redact(item, depth - 1)]),
  );
}

/** The first and last characters of a secret, enough to recognise it: `sk-ab…wxyz`. */
export function preview(secret: string): string {
  if (secret.length < 12) return '…';
  return `${secret.slice(0, secret.length > 20 ? 5 : 3)}…${secret.slice(-4)}`;
}
