import type { Route } from '@app/channels';
import { redactText } from '@app/core';

export type Scrub = (text: string) => string;

/** Shorter parts of a composed credential (a region, an account's kind) are words that may stand in any message. */
const LEAST_SECRET = 8;
const SEPARATORS = /[\s|,;:"'{}[\]]+/;
/** What OpenAI calls an account: it names it in its rate limit and quota messages. */
const ACCOUNT = /\borg-[A-Za-z0-9]{8,}/g;

/** Takes out of an upstream's words what is the operator's own: the credential, the address it was used at, the account. */
export function scrubFor({ credential, channel }: Pick<Route, 'credential' | 'channel'>): Scrub {
  return (text) => {
    const secrets = [credential.secret, ...credential.secret.split(SEPARATORS)].filter(
      ({ length }) => length >= LEAST_SECRET,
    );
    const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
    return redactText(withoutAddress(clean, channel.baseUrl)).replace(ACCOUNT, '[account]');
  };
}

function withoutAddress(text: string, baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return text;
  const { origin, host, hostname } = new URL(baseUrl);
  return [origin, host, hostname].reduce((rest, part) => rest.replaceAll(part, '[upstream]'), text);
}
