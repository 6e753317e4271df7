import { SecretBox } from '@app/platform/secrets';
import { Injectable } from '@nestjs/common';
import { contentContext, eventsContext, type StoredResponse } from './stored-response.entity';
import type { FreshTurn, Plain, ResponseContent, StoredTurn } from './stored-turn';

/** Turns as their rows hold them: what was said is sealed, each with the id of its row. */
@Injectable()
export class TurnSeal {
  constructor(private readonly secrets: SecretBox) {}

  content({ id }: Pick<Plain, 'id'>, content: ResponseContent): string {
    return this.secrets.seal(JSON.stringify(content), contentContext(id));
  }

  events({ id }: Pick<Plain, 'id'>, events: readonly string[]): string {
    return this.secrets.seal(JSON.stringify(events), eventsContext(id));
  }

  rowOf({ content, bytes: _bytes, itemIds: _ids, ...row }: FreshTurn): StoredResponse {
    return { ...row, content: this.content(row, content()), events: null };
  }

  turnOf({ content, events, ...row }: StoredResponse): StoredTurn {
    const { id } = row;
    return {
      ...row,
      content: () => this.open<ResponseContent>(content, contentContext(id)),
      events: () => (events === null ? null : this.open<readonly string[]>(events, eventsContext(id))),
    };
  }

  /** Sealed here, and unchanged since, else it would not open. */
  private open<T>(text: string, context: string): T {
    return JSON.parse(this.secrets.open(text, context)) as T;
  }
}
