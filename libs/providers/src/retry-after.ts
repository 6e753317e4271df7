import { asArray, asNumber, asObject, asText } from './json';

/** Response headers as undici gives them: lower-case names. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** No vendor's pause is longer; anything above is a misread. */
const longestMs = 24 * 60 * 60 * 1000;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const headerOf = (headers: ResponseHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
};

/**
 * How long the upstream asks to wait, in milliseconds from `now`, by whichever form it uses: `retry-after-ms`, `retry-after`
 * (seconds or an HTTP date), Google's RetryInfo, or the reset of the limit that is used up. Undefined when it does not say.
 */
export function retryAfterMs(headers: ResponseHeaders, body: unknown, now: number): number | undefined {
  const found =
    asNumber(headerOf(headers, 'retry-after-ms')) ??
    retryAfterHeader(headerOf(headers, 'retry-after'), now) ??
    retryInfo(body) ??
    exhaustedReset(headers, now);
  return found === undefined ? undefined : Math.min(Math.max(Math.ceil(found), 0), longestMs);
}

function retryAfterHeader(value: string | undefined, now: number): number | undefined {
  const seconds = asNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  return value === undefined ? undefined : sinceNow(Date.parse(value), now);
}

/** `details: [{"@type": "…/google.rpc.RetryInfo", "retryDelay": "34.4s"}]` */
function retryInfo(body: unknown): number | undefined {
  const root = asObject(Array.isArray(body) ? body[0] : body);
  for (const detail of asArray(asObject(root?.error)?.details)) {
    const delay = asText(asObject(detail)?.retryDelay);
    if (delay !== undefined) return durationMs(delay);
  }
  return undefined;
}

const limits = ['requests', 'tokens', 'input-tokens', 'output-tokens'];
const families = ['x-ratelimit', 'anthropic-ratelimit'];

/** The latest reset among the limits that have nothing left: OpenAI's `x-ratelimit-reset-tokens`, Anthropic's `…-tokens-reset`. */
function exhaustedReset(headers: ResponseHeaders, now: number): number | undefined {
  const resets = families
    .flatMap((family) =>
      limits.flatMap((limit) => [
        [`${family}-remaining-${limit}`, `${family}-reset-${limit}`],
        [`${family}-${limit}-remaining`, `${family}-${limit}-reset`],
      ]),
    )
    .concat([['x-ratelimit-remaining', 'x-ratelimit-reset']])
    .filter(([remaining]) => asNumber(headerOf(headers, remaining!)) === 0)
    .map(([, reset]) => resetMs(headerOf(headers, reset!), now))
    .filter((reset) => reset !== undefined);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

/** A reset is a duration (`6m0s`), seconds from now, seconds or milliseconds since 1970, or a date. */
function resetMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const number = asNumber(value);
  if (number === undefined) return durationMs(value) ?? sinceNow(Date.parse(value), now);
  if (number > 1e11) return number - now;
  return number > 1e8 ? number * 1000 - now : number * 1000;
}

const sinceNow = (time: number, now: number): number | undefined => (Number.isNaN(time) ? undefined : time - now);

/** `1.5s`, `6m0s`, `20ms`, `1h2m3s` in milliseconds. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
}
