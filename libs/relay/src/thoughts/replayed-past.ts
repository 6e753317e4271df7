import type { Route } from '@app/channels';
import type { Protocol } from '@app/providers';
import { wireOf } from '../protocols/faces';
import type { Failure, Past, Retold } from '../relay.types';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';

/**
 * How upstreams say that they cannot read what was sent back. OpenAI: `invalid_encrypted_content`. Anthropic: "Invalid `signature`
 * in `thinking` block". Gemini: "Thought signature is not valid", "Corrupted thought signature".
 */
const complaint =
  /encrypted.?content|(invalid|not valid).{0,20}(signature|data).{0,20}thinking|(corrupted|invalid).{0,10}thought.?signature|thought.?signature.{0,10}not valid/i;

/** A call that says everything itself, thoughts of an earlier answer among it. */
export class ReplayedPast implements Past {
  readonly echo = {};
  private isUnreadable = false;

  constructor(
    private readonly body: Body,
    private readonly protocol: Protocol,
    readonly issuer: Past['issuer'],
  ) {}

  get dropped(): readonly string[] {
    return this.isUnreadable ? ['turns.reasoning'] : [];
  }

  bodyFor({ upstreamModel }: Route): Promise<Body> {
    const { foreign } = wireOf(this.protocol);
    if (!this.isUnreadable || !foreign) return Promise.resolve(this.body);
    const scope = { model: upstreamModel, dropped: new Set<string>() };
    return Promise.resolve(Body.parse(applyEdits(this.body, foreign.withoutThoughts(this.body, scope))));
  }

  retold(_route: Route, { upstream, message, status }: Failure): Retold | null {
    if (this.isUnreadable || status !== 400) return null;
    this.isUnreadable = [upstream?.code, message].some((word) => complaint.test(word ?? ''));
    return this.isUnreadable ? 'without-thoughts' : null;
  }
}
