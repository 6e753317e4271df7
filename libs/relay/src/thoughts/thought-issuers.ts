import type { Route } from '@app/channels';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import type { Past, RelayRequest } from '../relay.types';
import { ReplayedPast } from './replayed-past';
import { isBound, mayReplay, thoughtsIn } from './thought-values';

type Issuer = NonNullable<Past['issuer']>;

/** About 5 MB. */
const MAX_KNOWN = 20_000;

/**
 * Thoughts of callers who keep their conversation themselves. OpenAI decrypts its own only for the organization they were made for,
 * and Google refuses signatures of another account, so they go back over the credential that brought them, whatever the
 * caller's protocol. Known on this node alone, by digest; what is not known here is sent wherever the call goes, and left out
 * if it cannot be read there. https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
@Injectable()
export class ThoughtIssuers {
  private readonly issuers = new LRUCache<string, Issuer>({ max: MAX_KNOWN });

  /** `thought`: the last one of an answer, as its issuer made it. */
  learn(thought: string, { channel, credential, protocol }: Route): void {
    if (isBound(protocol)) this.issuers.set(digest(thought), { channelId: channel.id, credentialId: credential.id });
  }

  /** What a call that brings thoughts goes on from; undefined where it brings none. */
  pastOf({ body, protocol }: Pick<RelayRequest, 'body' | 'protocol'>): Past | undefined {
    if (!mayReplay(body.bytes, protocol)) return undefined;
    let brings = false;
    for (const thought of thoughtsIn(body.bytes, protocol)) {
      brings = true;
      const issuer = this.issuers.get(digest(thought));
      if (issuer) return new ReplayedPast(body, protocol, issuer);
    }
    return brings ? new ReplayedPast(body, protocol, null) : undefined;
  }
}

const digest = (thought: string): string => createHash('sha256').update(thought, 'latin1').digest('base64');
