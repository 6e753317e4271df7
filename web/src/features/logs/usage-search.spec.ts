import { filterOf, isFiltered, parseUsageSearch } from './usage-search';

describe('the filters in the address', () => {
  it('leave out what is not one', () => {
    const search = parseUsageSearch({ status: 'fine', range: '1y', model: ' ', tokenId: {}, channelId: null });
    expect(isFiltered(search)).toBe(false);
  });

  it('take a request id that reads as a number', () => {
    expect(parseUsageSearch({ requestId: 123 }).requestId).toBe('123');
  });

  it('turn a range into a moment and keep the rest', () => {
    jest.useFakeTimers({ now: Date.parse('2026-11-23T12:00:00Z') });
    const { from, ...rest } = filterOf({ range: '1h', model: 'gpt-5' });
    jest.useRealTimers();
    expect(Date.parse(from!)).toBe(Date.parse('2026-11-23T11:00:00Z'));
    expect(rest).toEqual({ model: 'gpt-5' });
  });
});
