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
  const look = (holds: OpenHolds, times: number): void => {
    for (let time = 0; time < times; time += 1) holds.look();
  };

  it('journals a call that lasts once, and a short one never', () => {
    const { holds, written } = openHolds();
    const short = holds.add(recordOf('short', 1));
    const long = holds.add(recordOf('long', 2));
    look(holds, 2);
    expect(written).toEqual([]);
    holds.add(recordOf('young', 9));
    holds.ended(short);
    look(holds, 2);
    expect(written).toEqual(['long']);
    expect(long.segment).toBe(segment);
    holds.close();
  });

  it('journals what lasts after the clock was set back, too', () => {
    const { holds, written } = openHolds();
    holds.add(recordOf('before', Date.now() + 3_600_000));
    holds.add(recordOf('after', Date.now()));
    look(holds, 3);
    expect(written).toEqual(['before', 'after']);
    holds.close();
  });

  it('tries again what the disk refused', () => {
    const { holds, written, refuse } = openHolds();
    const hold = holds.add(recordOf('a', 1));
    refuse(true);
    look(holds, 5);
    expect(hold.segment).toBeNull();
    refuse(false);
    look(holds, 1);
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
