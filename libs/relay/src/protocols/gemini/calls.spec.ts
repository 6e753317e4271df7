import { Calls } from './calls';

describe('calls and their results', () => {
  it('find each other in time, however many there are and in whatever order', () => {
    // Looking through all of them for each would take longer than any test may.
    const count = 400_000;
    const calls = new Calls();
    const ids = Array.from({ length: count }, (_, at) => calls.made('f', at % 2 ? `id_${at}` : undefined));
    let mistaken = 0;
    for (let at = count - 1; at >= 0; at -= 1)
      if (at % 2 && calls.answered('f', `id_${at}`).callId !== ids[at]) mistaken += 1;
    expect(mistaken).toBe(0);
    expect(calls.answered('f', undefined)).toEqual({ callId: ids[0], name: 'f' });
    expect(calls.answered(undefined, undefined)).toEqual({ callId: ids[2], name: 'f' });
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
