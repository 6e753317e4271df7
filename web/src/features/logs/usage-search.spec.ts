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
    const { from, ...rest } = filterOf({ range: '1h', model: 'gpt-5' });
    expect(Date.now() - Date.parse(from!)).toBeCloseTo(3_600_000, -3);
    expect(rest).toEqual({ model: 'gpt-5' });
  });
});
