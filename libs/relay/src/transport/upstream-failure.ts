import { classifyUpstreamError, type ProviderRecord } from '@app/providers';
import { objectAt, textAt } from '../json';
import type { Failure } from '../relay.types';
import type { Scrub } from './scrub';

/** An upstream's answer that says it failed. `body`: its JSON, or its text. */
interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Of {
  readonly provider: ProviderRecord;
  /** See `UpstreamErrorInput`. */
  readonly errorKinds?: ProviderRecord['errorCodes'];
  readonly scrub: Scrub;
}

/** What the upstream says of its failure, classified, and without anything that is ours to keep. */
export function upstreamFailure({ provider, errorKinds, scrub }: Of, { status, headers, body }: Refusal): Failure {
  const error = classifyUpstreamError({ provider, errorKinds, status, headers, body });
  const detail = objectAt(body, 'error');
  const word = (name: string): string | undefined => shownWord(textAt(detail, name), scrub);
  return {
    ...error,
    message: scrub(error.message),
    status,
    upstream: { type: word('type'), code: word('code') ?? null, param: word('param') },
  };
}

/** A short word of the upstream's error that may be shown; anything longer or stranger may hold what is ours to keep. */
const shownWord = (value: string | undefined, scrub: Scrub): string | undefined =>
  value !== undefined && /^[\w.[\]-]{1,64}$/.test(value) && scrub(value) === value ? value : undefined;
