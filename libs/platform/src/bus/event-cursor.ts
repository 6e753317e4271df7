/** How long a missing id is expected: longer than an insert takes from its id to its commit. */
const GAP_WAIT_MS = 30_000;
const MAX_GAPS = 1_000;

/**
 * How far a reader of `change_events` has come. Ids are handed out before the commit, so 8 may appear after 9: what is missing
 * below the position is asked for again until it appears, or has not for so long that its insert was rolled back.
 */
export class EventCursor {
  private gaps = new Map<number, number>();

  constructor(private at: number) {}

  get position(): number {
    return this.at;
  }

  /** The ids below the position that may still appear. */
  missing(now: number): number[] {
    for (const [id, since] of this.gaps) if (now - since > GAP_WAIT_MS) this.gaps.delete(id);
    return [...this.gaps.keys()];
  }

  /** Notes that the events with these ids, ascending, have been read. */
  passed(ids: readonly number[], now: number): void {
    for (const id of ids) {
      if (id <= this.at) {
        this.gaps.delete(id);
        continue;
      }
      for (let gap = Math.max(this.at + 1, id - MAX_GAPS); gap < id; gap++) this.gaps.set(gap, now);
      this.at = id;
    }
    const excess = this.gaps.size - MAX_GAPS;
    if (excess > 0) this.gaps = new Map([...this.gaps].slice(excess));
  }
}
