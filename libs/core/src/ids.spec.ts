import { newId, newRequestId } from './ids';

afterEach(() => jest.restoreAllMocks());

it('makes ids that sort in the order they were made, within a millisecond and over a step back of the clock', () => {
  const clock = jest.spyOn(Date, 'now');
  const times = [5_000, 5_000, 5_000, 4_000, 5_000, 5_001].map((ms) => ms + 2_000_000_000_000);
  const ids = times.flatMap((ms) => {
    clock.mockReturnValue(ms);
    return Array.from({ length: 1_000 }, newId);
  });
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

it('makes UUIDs of version 7 that tell their time', () => {
  jest.spyOn(Date, 'now').mockReturnValue(2_100_000_000_000);
  expect(newId()).toMatch(/^01e8f1c1-0800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('names a call in a way that fits a header, a log line and a column of 40 characters', () => {
  expect(newRequestId()).toMatch(/^req_[0-9a-f]{32}$/);
});
