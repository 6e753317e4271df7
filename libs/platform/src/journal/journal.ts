import { closeSync, fdatasync, mkdirSync, openSync, rmSync, unlink, utimes, writeFileSync, writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pidNamespace, processStartTicks } from './process-identity';

const SEGMENT_BYTES = 8 * 1024 * 1024;
const SYNC_INTERVAL_MS = 100;

/** Who writes a journal folder; lets a later process tell a dead writer from a living one. */
export interface JournalOwner {
  readonly nodeId: string;
  readonly host: string;
  readonly pid: number;
  /** Pids mean something only inside their namespace: each container has its own. */
  readonly pidNamespace: string | null;
  readonly startTicks: string | null;
}

/** Where a record lies. Give it back to `done` when nobody will need the record again. */
export interface Segment {
  readonly path: string;
  readonly fd: number;
  bytes: number;
  live: number;
}

/**
 * Records are JSON lines in numbered segment files under `<root>/<nodeId>/`. A segment is deleted once every record in it is
 * done and a newer segment is being written. `append` returns after write(2): the record then survives the death of the
 * process; a background fdatasync every 100 ms bounds what a power cut can take.
 */
export class Journal {
  readonly directory: string;
  private current: Segment;
  private sequence = 0;
  private unsynced = false;
  private closed = false;
  private beatAt = Date.now();
  private room = true;
  private readonly timer: NodeJS.Timeout;

  /** `freeBytes`: how much the disk of a folder still takes. */
  constructor(
    root: string,
    nodeId: string,
    private readonly freeBytes: (directory: string) => Promise<number> = freeBytesOf,
  ) {
    this.directory = join(root, nodeId);
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const owner: JournalOwner = {
      nodeId,
      host: hostname(),
      pid: process.pid,
      pidNamespace: pidNamespace(),
      startTicks: processStartTicks(process.pid),
    };
    writeFileSync(join(this.directory, 'owner.json'), JSON.stringify(owner), { mode: 0o600 });
    this.current = this.openSegment();
    this.timer = setInterval(() => this.sync(), SYNC_INTERVAL_MS);
    this.timer.unref();
    void this.lookForRoom();
  }

  /** Writes one record. Throws the system error when the disk refuses (ENOSPC): the caller must then not go on. */
  append(record: object): Segment {
    if (this.closed) throw new Error('the journal is closed');
    const line = `${JSON.stringify(record)}\n`;
    if (this.current.bytes + line.length > SEGMENT_BYTES) this.rotate();
    const segment = this.current;
    segment.bytes += this.write(segment, line);
    segment.live += 1;
    this.unsynced = true;
    return segment;
  }

  /** Throws while the disk is too full to take what calls under way still have to write. */
  assertRoom(): void {
    if (!this.room) throw new Error(`less than ${LEAST_FREE_BYTES} bytes are free in ${this.directory}`);
  }

  /** The record appended to `segment` is no longer needed. */
  done(segment: Segment): void {
    segment.live -= 1;
    if (segment.live === 0 && segment !== this.current) discard(segment);
    else if (segment.live === 0 && segment.bytes > SEGMENT_BYTES / 8) this.rotate();
  }

  /** Closes the journal. With nothing left to do its folder is removed, else it stays for the next start to read. */
  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    const finished = this.current.live === 0;
    closeSync(this.current.fd);
    if (finished) rmSync(this.directory, { recursive: true, force: true });
  }

  /** A short write (disk full in the middle of a line) ends the segment, so that the next record starts on a clean line. */
  private write(segment: Segment, line: string): number {
    const written = this.writeBytes(segment, line);
    if (written === Buffer.byteLength(line)) return written;
    this.rotate();
    throw Object.assign(new Error('journal: short write, the disk is probably full'), { code: 'ENOSPC' });
  }

  private writeBytes(segment: Segment, line: string): number {
    try {
      return writeSync(segment.fd, line);
    } catch (error) {
      this.room = false; // until the next look
      throw error;
    }
  }

  private rotate(): void {
    const previous = this.current;
    this.current = this.openSegment();
    if (previous.live === 0) discard(previous);
    else fdatasync(previous.fd, () => undefined);
  }

  private openSegment(): Segment {
    this.sequence += 1;
    const path = join(this.directory, `${String(this.sequence).padStart(8, '0')}.jsonl`);
    return { path, fd: openSync(path, 'a', 0o600), bytes: 0, live: 0 };
  }

  /** Tells processes that cannot see this one's pid (another host, another container) that it lives. */
  private beat(): void {
    const now = Date.now();
    if (now - this.beatAt < BEAT_MS) return;
    this.beatAt = now;
    void this.lookForRoom();
    utimes(join(this.directory, 'owner.json'), now / 1_000, now / 1_000, () => undefined);
  }

  private async lookForRoom(): Promise<void> {
    // Where it cannot be told, the next write tells.
    const free = await this.freeBytes(this.directory).catch(() => Infinity);
    this.room = free >= LEAST_FREE_BYTES;
  }

  private sync(): void {
    this.beat();
    if (!this.unsynced) return;
    this.unsynced = false;
    // A failed sync shows up as a failed write on the next append; there is nothing to decide here.
    fdatasync(this.current.fd, () => undefined);
  }
}

/** How often a living writer touches its `owner.json`, and looks how full its disk is. */
const BEAT_MS = 1_000;
/** Room for the records of what is under way, and for the database to take some of them. */
const LEAST_FREE_BYTES = 32 * 1024 * 1024;

const freeBytesOf = async (directory: string): Promise<number> => {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
};

/** In the background: freeing megabytes of a file takes the disk a while. One that stays is read, and found settled, by the next start. */
function discard(segment: Segment): void {
  closeSync(segment.fd);
  unlink(segment.path, () => undefined);
}
