import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from './journal';
import { claimAbandoned } from './journal-recovery';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'journal-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Makes a journal look as if its writer had been killed. */
function kill(journal: Journal): void {
  const file = join(journal.directory, 'owner.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pid: 2 ** 22 + 1, startTicks: '1' }));
}

async function recordsOf(nodeId: string): Promise<unknown[]> {
  const records: unknown[] = [];
  for (const journal of claimAbandoned(root, nodeId))
    for await (const record of journal.records()) records.push(record);
  return records;
}

it('gives a later process everything a killed one wrote, in order', async () => {
  const journal = new Journal(root, 'a');
  for (let n = 0; n < 50; n += 1) journal.append({ n });
  kill(journal);
  expect(await recordsOf('b')).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
});

it('skips the line its writer died in', async () => {
  const journal = new Journal(root, 'a');
  const { path } = journal.append({ n: 1 });
  appendFileSync(path, '{"n":2,"tor');
  kill(journal);
  expect(await recordsOf('b')).toEqual([{ n: 1 }]);
});

it('leaves the journal of a living process alone', async () => {
  const journal = new Journal(root, 'a');
  journal.append({ n: 1 });
  expect(await recordsOf('b')).toEqual([]);
});

it('is claimed by one of several starting processes', () => {
  kill(new Journal(root, 'a'));
  const claims = [claimAbandoned(root, 'b'), claimAbandoned(root, 'c')];
  expect(claims.map((found) => found.length)).toEqual([1, 0]);
});

it('leaves nothing behind when everything was done', () => {
  const journal = new Journal(root, 'a');
  const segment = journal.append({ n: 1 });
  journal.done(segment);
  journal.close();
  expect(existsSync(journal.directory)).toBe(false);
});

it('deletes segments whose records are done, so that the disk does not fill', () => {
  const journal = new Journal(root, 'a');
  const big = { text: 'x'.repeat(1024 * 1024) };
  for (let n = 0; n < 40; n += 1) journal.done(journal.append(big));
  expect(readdirSync(journal.directory).filter((name) => name.endsWith('.jsonl')).length).toBeLessThanOrEqual(2);
  journal.close();
});

it('refuses new work while its disk is nearly full, and takes it again when there is room', async () => {
  let free = 1024;
  const journal = new Journal(root, 'a', () => Promise.resolve(free));
  await new Promise(setImmediate);
  expect(() => journal.assertRoom()).toThrow(/bytes are free/);
  // What is under way is written as long as the disk takes it.
  expect(() => journal.append({ n: 1 })).not.toThrow();
  free = 1024 ** 3;
  const hasRoom = (): boolean => {
    try {
      journal.assertRoom();
      return true;
    } catch {
      return false;
    }
  };
  const deadline = Date.now() + 30_000;
  while (!hasRoom() && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, 20));
  expect(hasRoom()).toBe(true);
  journal.close();
});
