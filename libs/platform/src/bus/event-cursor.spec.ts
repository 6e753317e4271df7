import { EventCursor } from './event-cursor';

it('asks again for what is missing below its position, until it appears', () => {
  const cursor = new EventCursor(10);
  cursor.passed([11, 14], 0);
  expect(cursor.position).toBe(14);
  expect(cursor.missing(0)).toEqual([12, 13]);
  cursor.passed([13, 15], 100);
  expect([cursor.position, cursor.missing(100)]).toEqual([15, [12]]);
  cursor.passed([12], 200);
  expect([cursor.position, cursor.missing(200)]).toEqual([15, []]);
});

it('gives up on ids that were rolled back', () => {
  const cursor = new EventCursor(0);
  cursor.passed([2], 0);
  expect(cursor.missing(30_000)).toEqual([1]);
  expect(cursor.missing(30_001)).toEqual([]);
});

it('remembers a bounded number of gaps, the newest', () => {
  const cursor = new EventCursor(0);
  cursor.passed([1_000_000], 0);
  for (let id = 1_000_003; id < 1_010_000; id += 3) cursor.passed([id], 0);
  const missing = cursor.missing(0);
  expect(missing).toHaveLength(1_000);
  expect(Math.max(...missing)).toBe(cursor.position - 1);
});
