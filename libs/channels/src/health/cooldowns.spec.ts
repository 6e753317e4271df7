import { anyModel, Cooldowns } from './cooldowns';
import { FailureCounts } from './failure-counts';
import { ResponseTimes } from './response-times';

describe('a pause', () => {
  const pause = (since: number, until: number) => ({ since, until });

  it('holds for its model only, until its end', () => {
    const cooldowns = new Cooldowns();
    cooldowns.cool('key', 'm', pause(0, 1000));
    expect(cooldowns.isCooling('key', 'm', 999)).toBe(true);
    expect(cooldowns.isCooling('key', 'm', 1000)).toBe(false);
    expect(cooldowns.isCooling('key', 'other', 0)).toBe(false);
    expect(cooldowns.isCooling('other', 'm', 0)).toBe(false);
  });

  it('for every model holds for each', () => {
    const cooldowns = new Cooldowns();
    cooldowns.cool('key', anyModel, pause(0, 1000));
    expect(cooldowns.until('key', 'm')).toBe(1000);
  });

  it('is never shortened by a later, shorter one', () => {
    const cooldowns = new Cooldowns();
    expect(cooldowns.cool('key', 'm', pause(0, 60_000))).toBe(true);
    expect(cooldowns.cool('key', 'm', pause(5, 30_000))).toBe(false);
    expect(cooldowns.until('key', 'm')).toBe(60_000);
    expect(cooldowns.cool('key', 'm', pause(5, 90_000))).toBe(true);
    expect(cooldowns.until('key', 'm')).toBe(90_000);
  });

  it('is not ended by an answer that was under way when it began', () => {
    const cooldowns = new Cooldowns();
    cooldowns.cool('key', 'm', pause(100, 1000));
    expect(cooldowns.end('key', 'm', 99)).toBe(false);
    expect(cooldowns.end('key', 'm', 100)).toBe(true);
    expect(cooldowns.until('key', 'm')).toBe(0);
  });

  it('of one subject holds a bounded number of models', () => {
    const cooldowns = new Cooldowns();
    for (let n = 0; n < 1500; n++) cooldowns.cool('key', `m${n}`, pause(0, 1000));
    expect(cooldowns.until('key', 'm0')).toBe(0);
    expect(cooldowns.until('key', 'm1499')).toBe(1000);
  });

  it('that has passed is swept away, others stay', () => {
    const cooldowns = new Cooldowns();
    cooldowns.cool('key', 'm', pause(0, 1000));
    cooldowns.cool('key', 'n', pause(0, 9000));
    cooldowns.sweep(5000);
    expect(cooldowns.isTroubled('key', 0)).toBe(true);
    expect([cooldowns.until('key', 'm'), cooldowns.until('key', 'n')]).toEqual([0, 9000]);
  });
});

describe('failures', () => {
  it('count within their window only', () => {
    const counts = new FailureCounts();
    expect([0, 40, 80].map((at) => counts.note('k', at, 100))).toEqual([1, 2, 3]);
    expect(counts.note('k', 101, 100)).toBe(1);
  });

  it('of calls that were under way together count once', () => {
    const counts = new FailureCounts();
    expect(counts.noteBurst('k', 0, 50, 1000)).toBe(1);
    expect(counts.noteBurst('k', 10, 60, 1000)).toBe(1);
    expect(counts.noteBurst('k', 49, 70, 1000)).toBe(1);
    expect(counts.noteBurst('k', 50, 80, 1000)).toBe(2);
  });
});

describe('response times', () => {
  it('move by a fifth towards each new one and are handed over once', () => {
    const times = new ResponseTimes();
    times.note('a', 100);
    times.note('a', 200);
    times.note('b', 30.4);
    expect([...times.take()]).toEqual([
      ['a', 120],
      ['b', 30],
    ]);
    expect(times.take().size).toBe(0);
    times.note('a', 120);
    expect([...times.take()]).toEqual([['a', 120]]);
  });
});
