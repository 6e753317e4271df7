import { FifoLock } from './fifo-lock';

const busy = (reason: string): Error => new Error(reason);

it('serves in order of arrival', async () => {
  const lock = new FifoLock({ waitMs: 1_000, maxWaiting: 10 }, busy);
  const order: number[] = [];
  await Promise.all(
    [1, 2, 3].map(async (id) => {
      await lock.acquire();
      await new Promise(setImmediate);
      order.push(id);
      lock.release();
    }),
  );
  expect(order).toEqual([1, 2, 3]);
});

it('refuses after the longest wait, and passes over who gave up', async () => {
  const lock = new FifoLock({ waitMs: 20, maxWaiting: 10 }, busy);
  await lock.acquire();
  await expect(lock.acquire()).rejects.toThrow('waited 20 ms');
  const next = lock.acquire();
  lock.release();
  await next;
  lock.release();
  await lock.acquire();
});

it('refuses when too many wait', async () => {
  const lock = new FifoLock({ waitMs: 1_000, maxWaiting: 1 }, busy);
  await lock.acquire();
  const waiting = lock.acquire();
  await expect(lock.acquire()).rejects.toThrow('1 others wait already');
  lock.release();
  await waiting;
});
