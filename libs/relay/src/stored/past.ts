import type { Route } from '@app/channels';
import type { JsonObject } from '../json';
import type { Failure, Past } from '../relay.types';
import { applyEdits, dropMember, setMember } from '../request/edits';
import { Body } from '../request/members';
import { historyItems, itemsOf, type Turn } from './history';

/** Where the last answer came from. */
export interface Origin {
  readonly channelId: string | null;
  readonly credentialId: string | null;
  /** Under which id the upstream keeps it; null: it does not. */
  readonly upstreamId: string | null;
}

/** Members that stand for what was said before. */
export const references = ['previous_response_id', 'conversation'] as const;

/** What came before, as the gateway keeps it. Loaded when an upstream has to be told. */
export class KeptPast implements Past {
  readonly issuer: Past['issuer'];
  private forgotten = false;
  private turns: Promise<readonly Turn[]> | null = null;

  constructor(
    private readonly body: Body,
    private readonly origin: Origin,
    /** Oldest first. Throws RelayError. */
    private readonly load: () => Promise<readonly Turn[]>,
    readonly echo: JsonObject,
  ) {
    const { channelId, credentialId } = origin;
    this.issuer = channelId !== null && credentialId !== null ? { channelId, credentialId } : null;
  }

  async bodyFor(route: Route): Promise<Body> {
    if (this.isKeptAt(route)) {
      const edits = [setMember(this.body, 'previous_response_id', this.origin.upstreamId)];
      return Body.parse(applyEdits(this.body, edits));
    }
    const turns = await (this.turns ??= this.load());
    const input = [...historyItems(turns, route), ...itemsOf(this.body.value('input'))];
    const edits = [
      ...references.flatMap((name) => dropMember(this.body, name)),
      ...(this.body.get('input') ? [setMember(this.body, 'input', input)] : []),
    ];
    const single = Body.parse(applyEdits(this.body, edits));
    return single.get('input') ? single : Body.parse(applyEdits(single, [setMember(single, 'input', input)]));
  }

  isForgottenBy(route: Route, { upstream, message, status }: Failure): boolean {
    if (!this.isKeptAt(route) || (status !== 400 && status !== 404)) return false;
    this.forgotten = [upstream?.param, upstream?.code, message].some((word) => /previous.?response/i.test(word ?? ''));
    return this.forgotten;
  }

  private isKeptAt({ channel, credential, protocol }: Route): boolean {
    const { channelId, credentialId, upstreamId } = this.origin;
    const isOrigin = channelId === channel.id && credentialId === credential.id && protocol === 'openai-responses';
    return isOrigin && upstreamId !== null && !this.forgotten;
  }
}
