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

  it.each([
    ['1', 1],
    ['0', 0],
    ['5', 5],
  ])('are numbered from 0, whatever is counted from: %s', (_what, from) => {
    const candidates = new Candidates(false);
    const parts = [start(from), start(from + 1), finish(from + 1), finish(from)];
    const numbers = parts.map((part) => (candidates.take(part) as { candidate: number }).candidate);
    expect(numbers).toEqual([0, 1, 1, 0]);
    expect(candidates.areComplete).toBe(true);
  });

  it('have an end, however many an upstream makes up', () => {
    const candidates = new Candidates(false);
    const taken = Array.from({ length: 5_000 }, (_, at) => candidates.take(start(at)));
    expect(taken.filter(Boolean)).toHaveLength(1024);
  });

  it('are one where one was asked for, whatever its number', () => {
    const candidates = new Candidates(true);
    const told = [start(1), start(0), finish(0), finish(1)].map((part) => candidates.take(part));
    expect(told).toEqual([{ ...start(1), candidate: 0 }, undefined, undefined, finish(0)]);
    expect(candidates.areComplete).toBe(true);
  });
});
