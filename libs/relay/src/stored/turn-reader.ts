import type { Caller } from '@app/users';
import { Injectable } from '@nestjs/common';
import { arrayAt, isObject, type JsonObject, textAt } from '../json';
import { inputItems } from '../protocols/openai-responses/stored';
import { badRequest, RelayError } from '../relay.errors';
import type { Body } from '../request/members';
import { itemsOf, type Turn } from './history';
import { type Origin, referenceIn } from './past';
import { ResponseStore } from './response-store';
import type { StoredTurn } from './stored-turn';

/** The longest conversation that is put together from kept answers. */
const MAX_TURNS = 1_000;
const MAX_HISTORY_BYTES = 64 * 1024 * 1024;

/** What a call refers to: the items that were found, the last answer among them, and who keeps them all, if one upstream does. */
export interface Referenced {
  readonly items: ReadonlyMap<string, Turn>;
  readonly last: StoredTurn | undefined;
  readonly origin: Origin;
}

/** Reads what was said before, out of what is kept. */
@Injectable()
export class TurnReader {
  constructor(private readonly store: ResponseStore) {}

  /** What the answer was made from, oldest first: the input of its turn and everything before it. */
  async inputItems(caller: Pick<Caller, 'userId'>, turn: StoredTurn): Promise<readonly JsonObject[]> {
    const before = turn.previousId === null ? null : await this.store.find(caller.userId, turn.previousId);
    const turns = before ? await this.history(caller, before, { mayEnd: true }) : [];
    const earlier = turns.flatMap(({ id, content }) => [
      ...inputItems({ input: content.input }, id),
      ...arrayAt(content.response, 'output').filter(isObject),
    ]);
    return [...earlier, ...inputItems({ input: turn.content().input }, turn.id)];
  }

  /** The items of earlier answers that the input refers to; what nobody knows here is left to the upstream. */
  async referenced({ userId }: Pick<Caller, 'userId'>, body: Body): Promise<Referenced> {
    const items = new Map<string, Turn>();
    const turns: StoredTurn[] = [];
    let lookUps = 0;
    let bytes = 0;
    for (const item of itemsOf(body.value('input'))) {
      const id = referenceIn(item);
      if (id === null || items.has(id)) continue;
      if ((lookUps += 1) > MAX_TURNS || bytes > MAX_HISTORY_BYTES)
        throw badRequest('The conversation is too long to be put together.', 'input');
      const turn = await this.store.findByItem(userId, id);
      if (!turn) continue;
      turns.push(turn);
      bytes += sizeOfContent(turn.content());
      for (const [itemId, said] of saidIn(turn)) items.set(itemId, said);
    }
    return { items, last: turns.at(-1), origin: originOfAll(turns) };
  }

  /** The turns up to and with this one, oldest first. `mayEnd`: what is deleted by now is left out, with all before it. */
  async history(
    { userId }: Pick<Caller, 'userId'>,
    last: StoredTurn,
    { mayEnd }: { readonly mayEnd: boolean },
  ): Promise<readonly Turn[]> {
    const turns: Turn[] = [];
    let bytes = 0;
    for (let turn = last; ;) {
      const content = turn.content();
      bytes += sizeOfContent(content);
      if (turns.push({ id: turn.id, channelId: turn.channelId, content }) > MAX_TURNS || bytes > MAX_HISTORY_BYTES)
        throw badRequest('The conversation is too long to be put together.', 'previous_response_id');
      if (turn.previousId === null) return turns.reverse();
      const previous = await this.store.find(userId, turn.previousId);
      if (!previous && mayEnd) return turns.reverse();
      if (!previous) throw previousMissing(turn.previousId);
      turn = previous;
    }
  }
}

export const previousMissing = (id: string): RelayError =>
  new RelayError('previous_response_not_found', `Previous response with id '${id}' not found.`, {
    param: 'previous_response_id',
  });

/** Whoever answered last; it keeps the items only if it keeps all of them. */
function originOfAll(turns: readonly StoredTurn[]): Origin {
  const { channelId = null, credentialId = null, upstreamId = null } = turns.at(-1) ?? {};
  const isKept = turns.every((turn) => turn.credentialId === credentialId && turn.upstreamId !== null);
  return { channelId, credentialId, upstreamId: isKept ? upstreamId : null };
}

/** Each item of an answer as a turn of its own. */
const saidIn = ({ id, channelId, content }: StoredTurn): readonly [string, Turn][] =>
  arrayAt(content().response, 'output').flatMap((item) => {
    const itemId = textAt(item, 'id');
    return itemId === undefined
      ? []
      : [[itemId, { id, channelId, content: { input: null, response: { output: [item] } } }]];
  });

/** Near enough to bound memory by: text dominates. */
const sizeOfContent = (content: object): number => JSON.stringify(content).length;
