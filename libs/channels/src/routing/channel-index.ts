import type { Operation } from '@app/providers';
import { Injectable } from '@nestjs/common';
import { buildTables, type GroupTable } from './group-table';
import type { IndexedChannel } from './indexed-channel';
import { offersOver } from './offers';
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

  /** `operation`: whether anyone who serves the model can be asked that. */
  serves(group: string, model: string, operation?: Operation): boolean {
    const table = this.#tables.get(group);
    const row = table?.row(model);
    if (!table || row === undefined) return false;
    if (!operation) return true;
    for (let entry = table.start(row); entry < table.end(row); entry++) {
      const { view } = table.channelAt(entry);
      if (view.protocols.some((protocol) => offersOver(view, protocol, operation))) return true;
    }
    return false;
  }

  /** Every name any channel serves to any group, sorted. */
  allModels(): readonly string[] {
    return [...new Set([...this.#tables.values()].flatMap((table) => table.models))].sort();
  }

  replace(channels: Iterable<IndexedChannel>, vocabulary: Vocabulary): void {
    this.#tables = buildTables(channels, vocabulary);
  }
}
