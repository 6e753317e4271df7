import type { Segment } from '@app/platform/journal';
import type { HoldRecord } from './records';

const LOOK_EVERY_MS = 50;
/** A call that has seen so many looks has lasted at least 100 ms; one that is over sooner leaves one record, not two. */
const LASTING_LOOKS = 3;

/** A hold that has not ended. `segment`: where its record lies, once it is written. */
export interface OpenHold {
  readonly record: HoldRecord;
  /** After how many looks it was placed: an age that no clock can change. */
  readonly placedAt: number;
  segment: Segment | null;
}

/**
 * The holds of this node's calls under way, in the order they were placed, and the journalling of those that last. Their money is
 * safe without a record: it lies in the allowances the database has on lease to this node, which recovery returns. The record is
 * what the log knows a call by whose process was killed.
 */
export class OpenHolds {
  private readonly unwritten = new Set<OpenHold>();
  private readonly timer: NodeJS.Timeout;
  private looks = 0;

  /** `write` throws when the disk refuses; the hold is then tried again. */
  constructor(private readonly write: (record: HoldRecord) => Segment) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  add(record: HoldRecord): OpenHold {
    const hold: OpenHold = { record, placedAt: this.looks, segment: null };
    this.unwritten.add(hold);
    return hold;
  }

  ended(hold: OpenHold): void {
    if (hold.segment === null) this.unwritten.delete(hold);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Journals the holds that have lasted. */
  look(): void {
    this.looks += 1;
    this.writeLasting(this.looks - LASTING_LOOKS);
  }

  /** Journals the holds placed when there had been `placedAt` looks, or fewer. */
  writeLasting(placedAt: number): void {
    for (const hold of this.unwritten) {
      if (hold.placedAt > placedAt) return;
      try {
        hold.segment = this.write(hold.record);
      } catch {
        return; // the journal's own guard refuses new calls
      }
      this.unwritten.delete(hold);
    }
  }
}
