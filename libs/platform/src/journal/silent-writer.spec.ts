import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimAbandoned } from './journal-recovery';

/** A writer on another host, whose pid says nothing here: only its beat, the time of its `owner.json`, shows that it lives. */
describe('the journal of a writer that cannot be seen', () => {
  let root: string;
  let clock: jest.SpyInstance<number, []>;
  const owner = () => join(root, 'far', 'owner.json');
  const claim = () => claimAbandoned(root, 'here').map((journal) => journal.owner.nodeId);
  const beat = (epochMs: number) => utimesSync(owner(), epochMs / 1_000, epochMs / 1_000);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'journal-'));
    mkdirSync(join(root, 'far'));
    writeFileSync(
      owner(),
      JSON.stringify({ nodeId: 'far', host: 'another-host', pid: 1, pidNamespace: 'x', startTicks: null }),
    );
    clock = jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
  });
  afterEach(() => {
    clock.mockRestore();
    rmSync(root, { recursive: true, force: true });
  });
  const later = (ms: number) => clock.mockReturnValue(performance.now() + ms);

  it('is left alone when its clock differs from ours by hours, and claimed when it was seen silent for a minute', () => {
    beat(Date.now() - 10 * 3_600_000);
    expect(claim()).toEqual([]);
    later(59_000);
    expect(claim()).toEqual([]);
    later(2_000);
    expect(claim()).toEqual(['far']);
  });

  it('is left alone for as long as it beats, in whatever direction its clock steps', () => {
    for (const at of [5_000, 9_000_000, 10_000, 11_000]) {
      beat(at);
      expect(claim()).toEqual([]);
      later(61_000);
    }
    expect(claim()).toEqual(['far']);
  });
});
