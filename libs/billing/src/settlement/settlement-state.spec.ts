import { advance, IllegalTransition, isEnd, type SettlementState, transitions } from './settlement-state';

const states = Object.keys(transitions) as SettlementState[];

/** Every walk from `held` that repeats no step. */
function walks(from: SettlementState, seen: readonly SettlementState[] = []): SettlementState[][] {
  const next = transitions[from].filter((to) => !seen.includes(to) && to !== from);
  const here = [...seen, from];
  return next.length === 0 ? [here] : next.flatMap((to) => walks(to, here));
}

describe('the states of a settlement', () => {
  it('allow the steps of the table and throw on every other', () => {
    for (const from of states)
      for (const to of states) {
        if (transitions[from].includes(to)) expect(advance(from, to)).toBe(to);
        else expect(() => advance(from, to)).toThrow(IllegalTransition);
      }
  });

  it('end every walk in settled or released, once', () => {
    const all = walks('held');
    expect(all.length).toBeGreaterThan(5);
    for (const walk of all) {
      expect(['settled', 'released']).toContain(walk.at(-1));
      expect(walk.filter(isEnd)).toHaveLength(1);
    }
  });

  it('charge nothing by a guess before something was delivered', () => {
    for (const walk of walks('held').filter((one) => one.includes('usage-unknown')))
      expect(walk.indexOf('first-byte')).toBe(walk.indexOf('usage-unknown') - 1);
  });

  it('can release whatever is not known to cost something', () => {
    const free = states.filter((state) => transitions[state].includes('released'));
    expect(free).toEqual(['held', 'dispatched', 'first-byte']);
  });
});
