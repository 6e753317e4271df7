import { leavesItsHost } from './destination';

const channel = { baseUrl: 'https://a.example/v1', keys: [{}], settings: { proxy: 'http://***:***@p:1' } };
const values = (baseUrl: string, proxy = 'http://***:***@p:1') => ({ baseUrl, settings: { proxy } });

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
});
