import { Purse } from './purse';
import type { LeaseOrder } from './wallet.repository';

/** A wallet with `funds` free, of which each lease gets just what it needs. */
function walletOf(funds: number) {
  const orders: LeaseOrder[] = [];
  return {
    orders,
    returned: [] as number[],
    get funds() {
      return funds;
    },
    lease(order: LeaseOrder): Promise<number> {
      orders.push(order);
      const granted = funds >= order.need ? order.need : order.alone && funds >= order.least ? funds : 0;
      funds -= granted;
      return Promise.resolve(granted);
    },
    giveBack(_node: string, _wallet: string, nano: number): Promise<void> {
      this.returned.push(nano);
      if (nano !== Infinity) funds += nano;
      return Promise.resolve();
    },
  };
}

const purseOn = (wallet: ReturnType<typeof walletOf>) => new Purse('user:u', 'node', wallet);

it('never hands out more than the wallet has, however many ask at once', async () => {
  const purse = purseOn(walletOf(10));
  const taken = await Promise.all(Array.from({ length: 200 }, () => purse.takeOrLease(1, 1)));
  expect(taken.filter((nano) => nano === 1)).toHaveLength(10);
});

it('asks the database for one shortage once', async () => {
  const wallet = walletOf(1_000);
  const purse = purseOn(wallet);
  purse.available = 5;
  await Promise.all([purse.takeOrLease(5, 1), purse.takeOrLease(3, 1)]);
  expect(wallet.orders).toEqual([expect.objectContaining({ need: 3 })]);
});

it('lets a last call have the rest when nobody else is spending', async () => {
  const purse = purseOn(walletOf(7));
  expect(await purse.takeOrLease(100, 2)).toBe(7);
  expect(await purse.takeOrLease(100, 2)).toBeNull();
});

it('refuses a last call that could not even pay its input', async () => {
  expect(await purseOn(walletOf(1)).takeOrLease(100, 2)).toBeNull();
});

it('returns what a call did not cost', async () => {
  const purse = purseOn(walletOf(10));
  await purse.takeOrLease(10, 1);
  purse.end(10, 4, 0);
  expect(purse.available).toBe(6);
});

it('covers an overdraft first with the next lease', async () => {
  const wallet = walletOf(20);
  const purse = purseOn(wallet);
  purse.available = -5;
  expect(await purse.takeOrLease(10, 1)).toBe(10);
  expect(wallet.orders[0]?.need).toBe(15);
});

it('gives back what is free and keeps it when the database is away', async () => {
  const wallet = walletOf(0);
  const purse = purseOn(wallet);
  purse.available = 8;
  await purse.giveBack();
  expect([purse.available, wallet.funds]).toEqual([0, 8]);
  purse.available = 3;
  wallet.giveBack = () => Promise.reject(new Error('away'));
  await expect(purse.giveBack()).rejects.toThrow('away');
  expect(purse.available).toBe(3);
});

it('leases further ahead while the money keeps running out, and little again after a pause', async () => {
  const wallet = walletOf(1_000_000);
  const purse = purseOn(wallet);
  const now = jest.spyOn(Date, 'now');
  for (const at of [10_000, 10_200, 10_400, 60_000]) {
    now.mockReturnValue(at);
    await purse.takeOrLease(1, 1);
  }
  now.mockRestore();
  expect(wallet.orders.map(({ ahead }) => ahead)).toEqual([63, 255, 1_023, 63]);
});

it('forgets a debt at rest, and has everything given back that the database still has for it', async () => {
  const wallet = walletOf(20);
  const purse = purseOn(wallet);
  purse.available = -5;
  await purse.close(() => false);
  expect([purse.available, wallet.returned]).toEqual([0, [Infinity]]);
});

it('is not at rest while a call is open or its charge is on the way', async () => {
  const wallet = walletOf(20);
  const purse = purseOn(wallet);
  await purse.takeOrLease(10, 1);
  await purse.close(() => false);
  purse.end(10, 15, 0);
  await purse.close(() => true);
  expect([purse.available, wallet.returned]).toEqual([-5, []]);
});

it('keeps its debt when the database is away', async () => {
  const wallet = walletOf(0);
  const purse = purseOn(wallet);
  purse.available = -5;
  wallet.giveBack = () => Promise.reject(new Error('away'));
  await expect(purse.close(() => false)).rejects.toThrow('away');
  expect(purse.available).toBe(-5);
});
