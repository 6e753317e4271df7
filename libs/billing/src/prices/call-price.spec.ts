import { callPriceOf } from './call-price';
import { totalOf } from './cost';
import { type Price, priceOfUsd } from './price';
import { holds } from './time-window';

const X1 = 1_000_000;
const utc = (text: string): number => Date.parse(`${text}Z`);
const noon = utc('2026-11-23T12:00:00');

describe('a part of the day', () => {
  const night = { from: '00:30', to: '08:30', zone: 'Asia/Shanghai' };
  const overnight = { from: '16:30', to: '00:30', zone: 'UTC', days: ['fri'] as const };

  it.each([
    ['its first minute', night, '2026-11-22T16:30:00', true],
    ['the moment before', night, '2026-11-22T16:29:59.999', false],
    ['its last moment', night, '2026-11-23T00:29:59.999', true],
    ['its end', night, '2026-11-23T00:30:00', false],
    ['the evening on which it begins', overnight, '2026-11-27T16:30:00', true],
    ['past midnight of that evening', overnight, '2026-11-28T00:29:00', true],
    ['past midnight of the evening before', overnight, '2026-11-27T00:29:00', false],
    ['the same hour of another day', overnight, '2026-11-28T16:30:00', false],
    ['any time, where it ends as it begins', { from: '08:00', to: '08:00', zone: 'UTC' }, '2026-11-27T07:59:00', true],
    ['a weekday in its zone that is another here', { ...night, days: ['mon'] as const }, '2026-11-22T16:30:00', true],
  ])('%s', (_, window, at, expected) => {
    expect(holds(window, utc(at))).toBe(expected);
  });

  it('follows the clock of its zone over a change of clocks', () => {
    const morning = { from: '08:00', to: '09:00', zone: 'Europe/Berlin' };
    expect(holds(morning, utc('2026-10-24T06:30:00'))).toBe(true);
    expect(holds(morning, utc('2026-10-26T06:30:00'))).toBe(false);
    expect(holds(morning, utc('2026-10-26T07:30:00'))).toBe(true);
  });
});

describe('the price of one call', () => {
  const price: Price = priceOfUsd({
    inputPerMTok: 4,
    outputPerMTok: 8,
    tools: { webSearch: 0.01, webFetch: 0.02 },
    windows: [
      { from: '10:00', to: '11:00', zone: 'UTC', inputPerMTok: 3 },
      { from: '10:00', to: '13:00', zone: 'UTC', multiplierPpm: 500_000 },
    ],
    groups: {
      vip: { inputPerMTok: 1 },
      reseller: { multiplierPpm: 250_000, tools: { webSearch: 0.005 } },
    },
  });
  const of = (group: string, at = utc('2026-11-23T20:00:00'), multiplierPpm = 2 * X1) =>
    callPriceOf(price, { group, multiplierPpm, at });
  const cost = (group: string, at?: number) => totalOf(of(group, at), { input: 1_000, output: 1_000 });

  it('is multiplied with that of the group, unless the price names the group', () => {
    expect(cost('default')).toBe(24_000_000);
    expect(cost('vip')).toBe(9_000_000);
    expect(cost('reseller')).toBe(3_000_000);
    expect(totalOf(of('reseller'), { tools: { webSearch: 1, webFetch: 1 } })).toBe(6_250_000);
    expect(cost('constructor')).toBe(24_000_000);
  });

  it('is that of the first window that holds the moment', () => {
    expect(cost('default', utc('2026-11-23T10:30:00'))).toBe(22_000_000);
    expect(cost('default', noon)).toBe(12_000_000);
    expect(cost('default', utc('2026-11-23T13:00:00'))).toBe(24_000_000);
    expect(cost('vip', utc('2026-11-23T10:30:00'))).toBe(9_000_000);
    expect(cost('vip', noon)).toBe(4_500_000);
  });

  it('says what decided it, and keeps nothing that did not', () => {
    expect(of('vip', noon)).toEqual({
      inputPerMTok: 1_000_000_000,
      outputPerMTok: 8_000_000_000,
      tools: { webSearch: 10_000_000, webFetch: 20_000_000 },
      multiplierPpm: X1,
      group: 'vip',
      window: '10:00–13:00 UTC',
      windowPpm: 500_000,
    });
  });

  it('is one object for all calls alike, and another for others', () => {
    expect(of('a')).toBe(of('b'));
    expect(of('a')).not.toBe(of('a', noon));
    expect(of('a', noon)).toBe(of('b', noon + 60_000));
    expect(of('vip')).not.toBe(of('a'));
    expect(callPriceOf(price, { group: 'a', multiplierPpm: 3 * X1, at: noon })).not.toBe(of('a', noon));
  });
});
