import { type OpenJournal, readJournals } from '@app/platform/journal';
import type { BillingRecord } from '../settlement/records';
import type { Difference } from './reconciliation-report.entity';

const HOUR_MS = 3_600_000;
/** A call may take half an hour; whatever is open longer has been forgotten. */
export const STALE_HOLD_MS = HOUR_MS;
/** An ended call reaches the database within seconds. */
const BACKLOG_MS = 5 * 60_000;
const IDS_PER_LOOK = 500;
const MOST_OPEN = 100_000;

export interface Surveyed {
  readonly journalledCalls: number;
  readonly openHolds: number;
}

/** Which of these calls the usage log has. */
type Known = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

/** Reads the journals of a data folder, of living and dead processes, and leaves them as they are. */
export async function surveyJournals(
  root: string,
  known: Known,
  report: (difference: Difference) => void,
  now = Date.now(),
): Promise<Surveyed> {
  let journalledCalls = 0;
  let openHolds = 0;
  for (const journal of readJournals(root)) {
    const survey = new Survey(known, now);
    await survey.read(journal);
    survey.differences(journal.owner.nodeId).forEach(report);
    journalledCalls += survey.ended;
    openHolds += survey.open.size;
  }
  return { journalledCalls, openHolds };
}

class Survey {
  readonly open = new Map<string, number>();
  ended = 0;
  private late: string[] = [];
  private missing = 0;

  constructor(
    private readonly known: Known,
    private readonly now: number,
  ) {}

  async read(journal: OpenJournal): Promise<void> {
    for await (const entry of journal.records()) {
      const record = entry as BillingRecord;
      if (record.kind === 'hold') this.held(record.call.id, record.call.createdAt);
      else await this.done(record.row);
    }
    await this.look();
  }

  differences(nodeId: string): Difference[] {
    const stale = [...this.open].filter(([, createdAt]) => createdAt < this.now - STALE_HOLD_MS);
    const found = stale.map(([subject]): Difference => ({ kind: 'stale_hold', subject, detail: nodeId }));
    if (this.missing > 0) found.push({ kind: 'journal_backlog', subject: nodeId, expected: 0, actual: this.missing });
    return found;
  }

  private held(id: string, createdAt: number): void {
    if (this.open.size < MOST_OPEN) this.open.set(id, createdAt);
  }

  private async done({
    id,
    createdAt,
    durationMs,
  }: {
    id: string;
    createdAt: number;
    durationMs: number;
  }): Promise<void> {
    this.open.delete(id);
    this.ended += 1;
    if (createdAt + durationMs < this.now - BACKLOG_MS) this.late.push(id);
    if (this.late.length >= IDS_PER_LOOK) await this.look();
  }

  private async look(): Promise<void> {
    if (this.late.length === 0) return;
    const known = await this.known(this.late);
    this.missing += this.late.filter((id) => !known.has(id)).length;
    this.late = [];
  }
}
