import { Candidates } from './candidates';
import type { Part } from './parts';

const start = (candidate: number): Part => ({ kind: 'text-start', block: candidate, candidate });
const finish = (candidate: number): Part => ({ kind: 'finish', candidate, finish: { reason: 'stop' } });

describe('the answers of a stream', () => {
  it.each<[string, readonly Part[], boolean]>([
    ['one of two has ended', [start(0), start(1), finish(0)], false],
    ['both have', [start(0), start(1), finish(0), finish(1)], true],
    ['one goes on after its reason', [start(0), finish(0), start(0)], true],
    ['nothing has come', [], false],
  ])('are complete or cut: %s', (_what, parts, complete) => {
    const candidates = new Candidates(false);
    for (const part of parts) candidates.take(part);
    expect(candidates.areComplete).toBe(complete);
  });

  it('are one where one was asked for, whatever its number', () => {
    const candidates = new Candidates(true);
    const told = [start(1), start(0), finish(0), finish(1)].map((part) => candidates.take(part));
    expect(told).toEqual([{ ...start(1), candidate: 0 }, undefined, undefined, finish(0)]);
    expect(candidates.areComplete).toBe(true);
  });
});
