import { LoginThrottle } from './login-throttle';

const refused = expect.objectContaining({ code: 'too_many_requests' }) as Error;

function setUp() {
  const clock = { time: 0, now: () => clock.time };
  const throttle = new LoginThrottle(clock);
  const fail = (times: number, account: string | ((i: number) => string), ip: string | ((i: number) => string)) => {
    for (let i = 0; i < times; i++) {
      throttle.begin(typeof account === 'string' ? account : account(i), typeof ip === 'string' ? ip : ip(i));
    }
  };
  return { clock, throttle, fail };
}

describe('LoginThrottle', () => {
  it('stops after ten failures from one address at one account, for a quarter of an hour', () => {
    const { clock, throttle, fail } = setUp();
    fail(10, 'alice', '10.0.0.1');
    clock.time = 60_000;
    expect(() => throttle.begin('alice', '10.0.0.1')).toThrow(refused);
    expect(() => throttle.begin('alice', '10.0.0.1')).toThrow(
      expect.objectContaining({ extra: { retryAfterMs: 14 * 60_000 } }),
    );
    clock.time = 15 * 60_000;
    expect(() => throttle.begin('alice', '10.0.0.1')).not.toThrow();
  });

  it('does not lock the owner out for what a stranger tried elsewhere', () => {
    const { throttle, fail } = setUp();
    fail(10, 'alice', '10.0.0.1');
    expect(() => throttle.begin('alice', '10.0.0.2')).not.toThrow();
  });

  it('stops one address that tries many accounts', () => {
    const { throttle, fail } = setUp();
    fail(60, (i) => `user${i}`, '10.0.0.1');
    expect(() => throttle.begin('new', '10.0.0.1')).toThrow(refused);
    expect(() => throttle.begin('new', '10.0.0.2')).not.toThrow();
  });

  it('takes the addresses of one IPv6 customer for one', () => {
    const { throttle, fail } = setUp();
    fail(10, 'alice', (i) => `2001:db8:1:2::${i + 1}`);
    expect(() => throttle.begin('alice', '2001:db8:1:2:ffff::1')).toThrow(refused);
    expect(() => throttle.begin('alice', '2001:db8:1:3::1')).not.toThrow();
  });

  it('stops an address that makes account after account', () => {
    const { clock, throttle } = setUp();
    for (let i = 0; i < 100; i++) throttle.admitRegistration('10.0.0.1');
    expect(() => throttle.admitRegistration('10.0.0.1')).toThrow(refused);
    expect(() => throttle.begin('alice', '10.0.0.1')).not.toThrow();
    clock.time = 15 * 60_000;
    expect(() => throttle.admitRegistration('10.0.0.1')).not.toThrow();
  });

  it('stops many addresses that try one account', () => {
    const { throttle, fail } = setUp();
    fail(200, 'alice', (i) => `10.0.0.${i}`);
    expect(() => throttle.begin('alice', '10.0.1.1')).toThrow(refused);
  });

  it('counts tries that are still under way', () => {
    const { throttle } = setUp();
    const under = Array.from({ length: 10 }, () => throttle.begin('alice', '10.0.0.1'));
    expect(() => throttle.begin('alice', '10.0.0.1')).toThrow(refused);
    under[0]!.succeeded();
    expect(() => throttle.begin('alice', '10.0.0.1')).not.toThrow();
  });

  it('never stops somebody who signs in rightly', () => {
    const { throttle } = setUp();
    expect(() => {
      for (let i = 0; i < 1_000; i++) throttle.begin('alice', '10.0.0.1').succeeded();
    }).not.toThrow();
  });
});
