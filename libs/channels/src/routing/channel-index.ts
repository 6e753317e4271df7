import { Injectable } from '@nestjs/common';
import { buildTables, type GroupTable } from './group-table';
import type { IndexedChannel } from './indexed-channel';
import type { Vocabulary } from './vocabulary';

const none: readonly string[] = [];

/**
 * Who serves which model to which group, in memory. Holds channels that are enabled and have an enabled credential. Replaced
 * whole by `IndexKeeper`; a request sees one version of it from beginning to end of a look-up.
 */
@Injectable()
export class ChannelIndex {
  #tables: ReadonlyMap<string, GroupTable> = new Map();

  /** Undefined: no channel serves this group. */
  table(group: string): GroupTable | undefined {
    return this.#tables.get(group);
  }

  /** The names a group may ask for, sorted. */
  models(group: string): readonly string[] {
    return this.#tables.get(group)?.models ?? none;
  }

  serves(group: string, model: string): boolean {
    return this.#tables.get(group)?.row(model) !== undefined;
  }

  /** Every name any channel serves to any group, sorted. */
  allModels(): readonly string[] {
    return [...new Set([...this.#tables.values()].flatMap((table) => table.models))].sort();
  }

  replace(channels: Iterable<IndexedChannel>, vocabulary: Vocabulary): void {
    this.#tables = buildTables(channels, vocabulary);
  }
}
