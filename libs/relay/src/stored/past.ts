import type { Route } from '@app/channels';
import type { JsonObject } from '../json';
import type { Failure, Past, Retold } from '../relay.types';
import { applyEdits, dropMember, setMember } from '../request/edits';
import { Body } from '../request/members';
import { historyItems, itemsOf, type Turn } from './history';

/** Where an answer came from. */
export interface Origin {
  readonly channelId: string | null;
  readonly credentialId: string | null;
  /** Under which id the upstream keeps it; null: it does not. */
  readonly upstreamId: string | null;
}

/** What an upstream may keep itself, until it turns out that it does not. */
abstract class OriginPast implements Past {
  readonly issuer: Past['issuer'];
  abstract readonly echo: JsonObject;
  /** How an upstream says that it does not have what it is referred to. */
  protected abstract readonly complaint: RegExp;
  private forgotten = false;

  constructor(private readonly origin: Origin) {
    const { channelId, credentialId } = origin;
    this.issuer = channelId !== null && credentialId !== null ? { channelId, credentialId } : null;
  }

  async bodyFor(route: Route): Promise<Body> {
    const { upstreamId } = this.origin;
    return upstreamId !== null && this.isKeptAt(route) ? this.bodyThere(upstreamId) : this.bodyElsewhere(route);
  }

  retold(route: Route, { upstream, message, status }: Failure): Retold | null {
    if (!this.isKeptAt(route) || (status !== 400 && status !== 404)) return null;
    this.forgotten = [upstream?.param, upstream?.code, message].some((word) => this.complaint.test(word ?? ''));
    return this.forgotten ? 'with-whole-conversation' : null;
  }

  protected abstract bodyThere(upstreamId: string): Body;
  protected abstract bodyElsewhere(route: Route): Promise<Body>;

  private isKeptAt({ channel, credential, protocol }: Route): boolean {
    const { channelId, credentialId, upstreamId } = this.origin;
    const isOrigin = channelId === channel.id && credentialId === credential.id && protocol === 'openai-responses';
    return isOrigin && upstreamId !== null && !this.forgotten;
  }
}

/** Members that stand for what was said before. */
const references = ['previous_response_id', 'conversation'] as const;

/** A call that names what came before, as the gateway keeps it. Loaded when an upstream has to be told. */
export class KeptPast extends OriginPast {
  protected readonly complaint = /previous.?response/i;
  private turns: Promise<readonly Turn[]> | null = null;

  constructor(
    private readonly body: Body,
    origin: Origin,
    /** Oldest first. Throws RelayError. */
    private readonly load: () => Promise<readonly Turn[]>,
    readonly echo: JsonObject,
  ) {
    super(origin);
  }

  protected bodyThere(upstreamId: string): Body {
    return Body.parse(applyEdits(this.body, [setMember(this.body, 'previous_response_id', upstreamId)]));
  }

  protected async bodyElsewhere(route: Route): Promise<Body> {
    const turns = await (this.turns ??= this.load());
    const dropped = references.flatMap((name) => dropMember(this.body, name));
    const alone = Body.parse(applyEdits(this.body, dropped));
    const input = [...historyItems(turns, route), ...itemsOf(this.body.value('input'))];
    return Body.parse(applyEdits(alone, [setMember(alone, 'input', input)]));
  }
}

/** A call whose input refers to items of earlier answers by their ids. */
export class ReferencedPast extends OriginPast {
  protected readonly complaint = /\bitem/i;
  readonly echo = {};

  constructor(
    private readonly body: Body,
    origin: Origin,
    /** By item id: the answer's item, as a turn of its own. */
    private readonly found: ReadonlyMap<string, Turn>,
  ) {
    super(origin);
  }

  protected bodyThere(): Body {
    return this.body;
  }

  protected bodyElsewhere(route: Route): Promise<Body> {
    const input = itemsOf(this.body.value('input')).flatMap((item) => {
      const turn = this.found.get(referenceIn(item) ?? '');
      return turn ? historyItems([turn], route) : [item];
    });
    return Promise.resolve(Body.parse(applyEdits(this.body, [setMember(this.body, 'input', input)])));
  }
}

/** The id an item refers to; the type may be left out. */
export const referenceIn = ({ type, id, role, call_id }: JsonObject): string | null =>
  (type === 'item_reference' || (type == null && role == null && call_id == null)) && typeof id === 'string'
    ? id
    : null;
