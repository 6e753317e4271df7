import { periodEnd } from './period';

const at = (iso: string): number => Date.parse(iso);

it.each([
  ['day', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
  ['day', '2026-11-23T23:59:59Z', '2026-11-24T00:00:00Z'],
  ['week', '2026-11-23T12:00:00Z', '2026-11-30T00:00:00Z'], // a Monday
  ['week', '2026-11-29T12:00:00Z', '2026-11-30T00:00:00Z'], // a Sunday
  ['month', '2026-12-31T23:00:00Z', '2027-01-01T00:00:00Z'],
] as const)('%s: %s ends at %s', (period, now, end) => {
  expect(periodEnd(period, at(now))).toBe(at(end));
});

it('never ends a lifetime budget', () => {
  expect(periodEnd('none', 0)).toBeNull();
});
