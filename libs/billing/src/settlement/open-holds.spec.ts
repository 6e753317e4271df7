import type { Segment } from '@app/platform/journal';
import { OpenHolds } from './open-holds';
import type { HoldRecord } from './records';

const segment: Segment = { path: '', fd: 0, bytes: 0, live: 1 };
const recordOf = (id: string, createdAt: number) =>
  ({ kind: 'hold', call: { id, createdAt } }) as unknown as HoldRecord;

function openHolds() {
  const written: string[] = [];
  let refuses = false;
  const holds = new OpenHolds(({ call }) => {
    if (refuses) throw new Error('ENOSPC');
    written.push(call.id);
    return segment;
  });
  return { holds, written, refuse: (yes: boolean) => (refuses = yes) };
}

describe('open holds', () => {
  it('journals a call that lasts once, and a short one never', () => {
    const { holds, written } = openHolds();
    const short = holds.add(recordOf('short', 1));
    const long = holds.add(recordOf('long', 2));
    holds.add(recordOf('young', 9));
    holds.ended(short);
    for (let look = 0; look < 2; look += 1) holds.writeLasting(5);
    expect(written).toEqual(['long']);
    expect(long.segment).toBe(segment);
    holds.close();
  });

  it('tries again what the disk refused', () => {
    const { holds, written, refuse } = openHolds();
    const hold = holds.add(recordOf('a', 1));
    refuse(true);
    holds.writeLasting(5);
    expect(hold.segment).toBeNull();
    refuse(false);
    holds.writeLasting(5);
    expect(written).toEqual(['a']);
    holds.close();
  });

  it('looks by itself', async () => {
    const { holds, written } = openHolds();
    holds.add(recordOf('a', Date.now() - 1_000));
    const deadline = Date.now() + 30_000;
    while (written.length === 0 && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, 10));
    expect(written).toEqual(['a']);
    holds.close();
  });
});
