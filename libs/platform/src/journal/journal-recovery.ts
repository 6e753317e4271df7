import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { JournalOwner } from './journal';
import { isAlive, pidNamespace } from './process-identity';

/** A journal as it lies on the disk. */
export interface OpenJournal {
  readonly owner: JournalOwner;
  /** Every readable record, oldest first. A line torn by the death of its writer is skipped. */
  records(): AsyncIterable<unknown>;
}

/** A journal whose writer is dead. */
export interface AbandonedJournal extends OpenJournal {
  /** Deletes it: everything in it is in the database. */
  remove(): void;
}

/**
 * The journals under `root` that nobody writes any more, claimed by renaming so that of several starting processes only one
 * takes each. A writer whose pid cannot be seen from here (another host or container) is dead once it was seen silent for a minute.
 */
export function claimAbandoned(root: string, nodeId: string): AbandonedJournal[] {
  if (!existsSync(root)) return [];
  const claimed: AbandonedJournal[] = [];
  for (const name of readdirSync(root)) {
    const owner = readOwner(join(root, name));
    if (!owner || owner.nodeId === nodeId || !isDead(root, owner, name)) continue;
    const directory = join(root, `${owner.nodeId}.claimed-${process.pid}-${processTag}`);
    try {
      renameSync(join(root, name), directory);
    } catch {
      continue; // another process was faster
    }
    claimed.push(abandoned(directory, owner));
  }
  return claimed;
}

/** The journals under `root`, of living and dead writers, only to be looked at. */
export function readJournals(root: string): OpenJournal[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((name) => {
    const owner = readOwner(join(root, name));
    return owner ? [{ owner, records: () => recordsIn(join(root, name)) }] : [];
  });
}

const SILENT_MS = 60_000;

const processTag = Math.random().toString(36).slice(2, 8);

/** A folder claimed by a process that died while recovering is dead again: the claimant's pid is in its name. */
function isDead(root: string, owner: JournalOwner, directoryName: string): boolean {
  const claim = /\.claimed-(\d+)-(\w+)$/.exec(directoryName);
  if (claim) return claim[2] !== processTag && (Number(claim[1]) === process.pid || !isAlive(Number(claim[1]), null));
  if (owner.host === hostname() && owner.pidNamespace === pidNamespace()) return !isAlive(owner.pid, owner.startTicks);
  return isSilent(join(root, directoryName));
}

/** The last sign of life of writers that cannot be seen from here, and when, by no clock that can be set, it was first seen. */
const beats = new Map<string, { readonly beat: number; readonly seenAt: number }>();
const MOST_BEATS = 1_000;

/** No new sign of life while we looked: comparing its clock with ours would take a step of either for a death. */
function isSilent(directory: string): boolean {
  const beat = beatOf(directory);
  const seen = beats.get(directory);
  const now = performance.now();
  if (seen?.beat === beat) return now - seen.seenAt > SILENT_MS;
  if (beats.size >= MOST_BEATS) beats.clear();
  beats.set(directory, { beat, seenAt: now });
  return false;
}

/** When a writer last said that it lives, epoch milliseconds. */
function beatOf(directory: string): number {
  try {
    return statSync(join(directory, 'owner.json')).mtimeMs;
  } catch {
    return Date.now();
  }
}

function readOwner(directory: string): JournalOwner | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8')) as JournalOwner;
  } catch {
    return null;
  }
}

function abandoned(directory: string, owner: JournalOwner): AbandonedJournal {
  return {
    owner,
    records: () => recordsIn(directory),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function* recordsIn(directory: string): AsyncIterable<unknown> {
  for (const name of segmentsIn(directory)) yield* readRecords(join(directory, name));
}

/** None where its writer has just finished and removed it. */
function segmentsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
}

async function* readRecords(path: string): AsyncIterable<unknown> {
  const file = await open(path).catch(unlessGone);
  if (!file) return;
  for await (const line of file.readLines({ encoding: 'utf8' })) {
    const record = parse(line);
    if (record !== undefined) yield record;
  }
}

/** A living writer discards what is done. */
function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
