import { leavesItsHost } from './destination';

const channel = {
  baseUrl: 'https://a.example/v1',
  keys: [{}],
  settings: { proxy: 'http://***:***@p:1', tokenUrl: 'https://t.example' },
};
const values = (baseUrl: string, proxy = 'http://***:***@p:1', tokenUrl = 'https://t.example') => ({
  baseUrl,
  settings: { proxy, tokenUrl },
});

describe('stored credentials of a channel', () => {
  it.each([
    ['https://a.example/v2', false],
    ['', false],
    ['https://b.example/v1', true],
    ['http://a.example/v1', true],
    ['not yet', true],
  ])('at %j have to be entered again: %j', (baseUrl, again) => {
    expect(leavesItsHost(values(baseUrl), channel, 'https://a.example')).toBe(again);
  });

  it('have to be entered again for a new proxy, not for none', () => {
    expect(leavesItsHost(values('', 'http://other:1'), channel, 'https://a.example')).toBe(true);
    expect(leavesItsHost(values('', ''), channel, 'https://a.example')).toBe(false);
  });

  it('have to be entered again for another place that gives tokens, not for their own', () => {
    expect(leavesItsHost(values('', '', 'https://spy.example'), channel, 'https://a.example')).toBe(true);
    expect(leavesItsHost(values('', '', ''), channel, 'https://a.example')).toBe(false);
  });
});
