import { Calls } from './calls';

describe('calls and their results', () => {
  it('find each other in time, however many there are and in whatever order', () => {
    const count = 50_000;
    const calls = new Calls();
    const ids = Array.from({ length: count }, (_, at) => calls.made('f', at % 2 ? `id_${at}` : undefined));
    const before = performance.now();
    for (let at = count - 1; at >= 0; at -= 1) if (at % 2) expect(calls.answered('f', `id_${at}`).callId).toBe(ids[at]);
    expect(calls.answered('f', undefined)).toEqual({ callId: ids[0], name: 'f' });
    expect(calls.answered(undefined, undefined)).toEqual({ callId: ids[2], name: 'f' });
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('stay apart where the result is of nobody', () => {
    const calls = new Calls();
    calls.made('f', 'a');
    expect(calls.answered('g', 'b')).toEqual({ callId: 'b', name: 'g' });
    expect(calls.answered(undefined, 'c')).toEqual({ callId: 'c' });
    expect(calls.answered('g', undefined)).toEqual({ callId: expect.stringMatching(/^call_/), name: 'g' });
    expect(calls.answered('f', 'a')).toEqual({ callId: 'a', name: 'f' });
  });
});
