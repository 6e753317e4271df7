import { nextAttempt, type NextStep, type Spent } from './next-attempt';
import type { Failure } from './relay.types';

const fresh: Spent = { attempts: 1, maxAttempts: 6, leftMs: 10_000, repeated: false };
const failure = (kind: Failure['kind'], more: Partial<Failure> = {}): Failure => ({
  kind,
  status: null,
  code: 'x',
  message: 'x',
  ...more,
});

it.each<[Failure['kind'], NextStep]>([
  ['caller', 'stop'],
  ['content_policy', 'stop'],
  ['context_length', 'stop'],
  ['credential_invalid', 'other-credential'],
  ['quota_exhausted', 'other-credential'],
  ['forbidden', 'other-credential'],
  ['rate_limited', 'other-credential'],
  ['model_missing', 'other-channel'],
  ['overloaded', 'other-channel'],
  ['timeout', 'other-channel'],
  ['upstream_error', 'other-channel'],
  ['network', 'other-channel'],
])('after %s: %s', (kind, step) => {
  expect(nextAttempt(failure(kind), fresh)).toBe(step);
});

it('stops when the attempts or the time are used up', () => {
  expect(nextAttempt(failure('timeout'), { ...fresh, attempts: 6 })).toBe('stop');
  expect(nextAttempt(failure('timeout'), { ...fresh, leftMs: 0 })).toBe('stop');
});

it('repeats a dead kept-alive connection once, on the same credential', () => {
  const stale = failure('network', { stale: true });
  expect(nextAttempt(stale, fresh)).toBe('same-credential');
  expect(nextAttempt(stale, { ...fresh, repeated: true })).toBe('other-channel');
});
