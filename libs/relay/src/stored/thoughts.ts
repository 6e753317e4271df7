import type { Route } from '@app/channels';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { arrayAt, type JsonObject, textAt } from '../json';
import type { Failure, Past } from '../relay.types';
import { applyEdits, setMember } from '../request/edits';
import { Body } from '../request/members';
import { itemsOf, withoutId } from './history';

type Issuer = NonNullable<Past['issuer']>;

/** About 5 MB. */
const MAX_KNOWN = 20_000;
const REPLAYED = '"encrypted_content"';
const WANTED = '"reasoning.encrypted_content"';

/**
 * Encrypted thoughts of callers who keep their conversation themselves: OpenAI decrypts them only for the organization they were made
 * for, so they go back over the credential that brought them. Known on this node alone, by digest; what is not known here is
 * sent wherever the call goes, and left out if it cannot be read there.
 * https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
@Injectable()
export class EncryptedThoughts {
  private readonly issuers = new LRUCache<string, Issuer>({ max: MAX_KNOWN });

  /** Whether the answer's thoughts may come back. */
  areWanted({ bytes }: Body): boolean {
    return bytes.includes(WANTED) || bytes.includes(REPLAYED);
  }

  learn(answer: JsonObject, route: Route | null): void {
    if (!route) return;
    const issuer = { channelId: route.channel.id, credentialId: route.credential.id };
    for (const thought of thoughtsIn(arrayAt(answer, 'output'))) this.issuers.set(digest(thought), issuer);
  }

  /** What a call that brings thoughts goes on from. */
  pastOf(body: Body): Past | undefined {
    if (!body.bytes.includes(REPLAYED)) return undefined;
    const last = thoughtsIn(itemsOf(body.value('input'))).at(-1);
    return last === undefined ? undefined : new ReplayedPast(body, this.issuers.get(digest(last)) ?? null);
  }
}

const digest = (thought: string): string => createHash('sha256').update(thought).digest('base64');

const thoughtIn = (item: unknown): string | undefined =>
  textAt(item, 'type') === 'reasoning' ? textAt(item, 'encrypted_content') : undefined;

const thoughtsIn = (items: readonly unknown[]): readonly string[] => items.flatMap((item) => thoughtIn(item) ?? []);

/** A call that says everything itself, thoughts of an earlier answer among it. */
class ReplayedPast implements Past {
  readonly echo = {};
  private isUnreadable = false;

  constructor(
    private readonly body: Body,
    readonly issuer: Issuer | null,
  ) {}

  get dropped(): readonly string[] {
    return this.isUnreadable ? ['turns.reasoning'] : [];
  }

  bodyFor(): Promise<Body> {
    return Promise.resolve(this.isUnreadable ? withoutThoughts(this.body) : this.body);
  }

  /** OpenAI's code is `invalid_encrypted_content`. */
  isForgottenBy(_route: Route, { upstream, message, status }: Failure): boolean {
    if (this.isUnreadable || status !== 400) return false;
    this.isUnreadable = [upstream?.code, message].some((word) => /encrypted.?content/i.test(word ?? ''));
    return this.isUnreadable;
  }
}

/** A call that is known by its id is refused without its thoughts, so ids go with them. */
function withoutThoughts(body: Body): Body {
  const readable = itemsOf(body.value('input')).filter((item) => thoughtIn(item) === undefined);
  return Body.parse(applyEdits(body, [setMember(body, 'input', readable.map(withoutId))]));
}
