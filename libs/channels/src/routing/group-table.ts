import type { IndexedChannel } from './indexed-channel';
import type { Vocabulary } from './vocabulary';

/**
 * Who serves what to one group, flat: the candidates of a model are the entries `start(row)` up to `end(row)`, higher priority
 * first. 8 bytes an entry, so that 10 000 channels with 500 models each fit into 40 MB. Never changed once built.
 */
export class GroupTable {
  readonly #rows: ReadonlyMap<string, number>;
  readonly #starts: Uint32Array;
  /** Position of each candidate in `#channels`. */
  readonly #slots: Uint32Array;
  /** Sum of the weights from the start of the candidate's tier up to and with it. */
  readonly #cumulative: Uint32Array;
  readonly #channels: readonly IndexedChannel[];
  #models?: readonly string[];

  /** `channels` in order of priority, highest first, and among equals of cost, lowest first. */
  constructor(channels: readonly IndexedChannel[], vocabulary: Vocabulary) {
    const counts = new Uint32Array(vocabulary.size);
    for (const { served } of channels) for (const id of served) counts[id]!++;
    const { rows, starts, rowOfId } = layOut(counts, vocabulary);
    const filled = starts.slice();
    this.#rows = rows;
    this.#starts = starts;
    this.#channels = channels;
    this.#slots = new Uint32Array(starts[rows.size]!);
    this.#cumulative = new Uint32Array(starts[rows.size]!);
    for (const [slot, channel] of channels.entries()) {
      for (const id of channel.served) this.#place(slot, channel, rowOfId[id]!, filled);
    }
  }

  #place(slot: number, channel: IndexedChannel, row: number, filled: Uint32Array): void {
    const entry = filled[row]!++;
    const follows = entry > this.#starts[row]! && this.channelAt(entry - 1).priority === channel.priority;
    this.#slots[entry] = slot;
    this.#cumulative[entry] = channel.weight + (follows ? this.#cumulative[entry - 1]! : 0);
  }

  /** Undefined: nobody serves this model to this group. */
  row(model: string): number | undefined {
    return this.#rows.get(model);
  }

  /** All names served, sorted. */
  get models(): readonly string[] {
    return (this.#models ??= [...this.#rows.keys()].sort());
  }

  start(row: number): number {
    return this.#starts[row]!;
  }

  end(row: number): number {
    return this.#starts[row + 1]!;
  }

  channelAt(entry: number): IndexedChannel {
    return this.#channels[this.#slots[entry]!]!;
  }

  /** Where the tier that begins at `start` ends. */
  tierEnd(start: number, end: number): number {
    const { priority } = this.channelAt(start);
    return firstWhere(start + 1, end, (entry) => this.channelAt(entry).priority < priority);
  }

  /** Sum of the weights of a tier's entries before `tierEnd`. */
  tierWeight(tierEnd: number): number {
    return this.#cumulative[tierEnd - 1]!;
  }

  /** Where those end that cost the same as the entry at `start`; they follow each other within a tier. */
  costEnd(start: number, tierEnd: number): number {
    const { cost } = this.channelAt(start);
    return firstWhere(start + 1, tierEnd, (entry) => this.channelAt(entry).cost > cost);
  }

  /** Sum of the weights of a tier's entries before `entry`. */
  weightBefore(entry: number, tierStart: number): number {
    return entry === tierStart ? 0 : this.#cumulative[entry - 1]!;
  }

  /** The entry of a tier that covers `point`, which is at least 0 and below the tier's weight. */
  entryAt(start: number, tierEnd: number, point: number): number {
    return firstWhere(start, tierEnd - 1, (entry) => this.#cumulative[entry]! > point);
  }
}

/** One row for each name that anyone serves. */
function layOut(counts: Uint32Array, vocabulary: Vocabulary) {
  const rows = new Map<string, number>();
  const rowOfId = new Uint32Array(counts.length);
  const starts: number[] = [0];
  for (const [id, count] of counts.entries()) {
    if (count === 0) continue;
    rowOfId[id] = rows.size;
    rows.set(vocabulary.name(id), rows.size);
    starts.push(starts.at(-1)! + count);
  }
  return { rows, rowOfId, starts: Uint32Array.from(starts) };
}

/** The first of `from … to - 1` that holds, `to` when none does. What holds for one holds for all after it. */
function firstWhere(from: number, to: number, holds: (entry: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One table for each group that any channel serves. */
export function buildTables(
  channels: Iterable<IndexedChannel>,
  vocabulary: Vocabulary,
): ReadonlyMap<string, GroupTable> {
  const byPriority = [...channels].sort(
    (a, b) => b.priority - a.priority || a.cost - b.cost || (a.view.id < b.view.id ? -1 : 1),
  );
  const byGroup = new Map<string, IndexedChannel[]>();
  for (const channel of byPriority) {
    for (const group of channel.groups) {
      const members = byGroup.get(group);
      if (members) members.push(channel);
      else byGroup.set(group, [channel]);
    }
  }
  return new Map([...byGroup].map(([group, members]) => [group, new GroupTable(members, vocabulary)]));
}
