import { canonicalIp, IpMatcher, neighbourhood } from './ip-matcher';

const allows = (rules: string[], ip: string) => new IpMatcher(rules).allows(ip);

describe('IpMatcher', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '9.255.255.255', false],
    ['192.168.1.77/30', '192.168.1.76', true],
    ['192.168.1.77/30', '192.168.1.79', true],
    ['192.168.1.77/30', '192.168.1.80', false],
    ['10.1.2.3/32', '10.1.2.3', true],
    ['10.1.2.3/32', '10.1.2.2', false],
    ['10.1.2.2/31', '10.1.2.3', true],
    ['10.1.2.2/31', '10.1.2.4', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['128.0.0.0/1', '127.255.255.255', false],
    ['128.0.0.0/1', '128.0.0.0', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['2001:db8::1', '2001:db8::2', false],
    ['2001:db8::1/128', '2001:db8::', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '10.0.0.1', false],
    ['::1', '127.0.0.1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('%s lets %s: %s', (rule, ip, expected) => expect(allows([rule], ip)).toBe(expected));

  it.each([
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:a01:203', true],
    ['10.0.0.0/8', '0:0:0:0:0:FFFF:0a01:0203', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['10.0.0.0/8', '::10.1.2.3', false],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '11.9.9.9', false],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1', true],
  ])('takes IPv4 in IPv6 for what it is: %s lets %s: %s', (rule, ip, expected) =>
    expect(allows([rule], ip)).toBe(expected),
  );

  it('lets through what any of its rules names', () => {
    const rules = ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'];
    expect(['10.1.1.1', '2001:db8::9', '192.0.2.7', '192.0.2.8'].map((ip) => allows(rules, ip))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it.each(['', 'unknown', '10.0.0', '10.0.0.1:80', 'localhost'])('lets nobody in from %j', (ip) => {
    expect(allows(['0.0.0.0/0', '::/0'], ip)).toBe(false);
  });

  it.each([
    '',
    'example.com',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/08x',
    '10.0.0',
    '010.0.0.1/8',
    '2001:db8::/129',
    'fe80::1%eth0',
    '::ffff:10.0.0.0/90',
    '10.0.0.0/1e1',
    '*',
  ])('names the entry %j it cannot read', (rule) => {
    expect(() => new IpMatcher(['10.0.0.1', rule])).toThrow(
      expect.objectContaining({
        code: 'invalid',
        extra: { errors: [expect.objectContaining({ path: 'allowedIps.1' })] },
      }),
    );
  });

  it('refuses a list without bound', () => {
    expect(() => new IpMatcher(Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`))).toThrow(/at most 100/);
  });
});

describe('canonicalIp', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:7F00:1', '127.0.0.1'],
    ['2001:0db8:0000::0001', '2001:db8::1'],
    ['fe80::1%lo', 'fe80::1'],
    ['::', '::'],
    ['nonsense', null],
    ['', null],
  ])('%s is %s', (text, ip) => expect(canonicalIp(text)).toBe(ip));
});

describe('neighbourhood', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (ip, expected) => expect(neighbourhood(ip)).toBe(expected));
});
