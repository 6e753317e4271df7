import { ChannelLoad } from './channel-load';
import { best, type ScoredChannel, scores } from './strategy';

const now = 1_000_000;

interface Sketch {
  readonly weight?: number;
  readonly busy?: number;
  /** Milliseconds to the first byte, told so long ago. */
  readonly latency?: number;
  readonly ago?: number;
}

function channel({ weight = 1, busy = 0, latency, ago = 0 }: Sketch): ScoredChannel {
  const load = new ChannelLoad();
  load.inFlight = busy;
  if (latency !== undefined) load.note('m', latency, now - ago);
  return { weight, load };
}

/** Which of the channels a strategy prefers, over many draws. */
function preferred(strategy: 'least_busy' | 'lowest_latency', sketches: readonly Sketch[]): number[] {
  const channels = sketches.map(channel);
  const values = channels.map((one) => scores[strategy]!(one, 'm', now));
  const seen = new Set<number>();
  for (let draw = 0; draw < 100; draw++) seen.add(best(channels, values, new Set(), () => (draw + 0.5) / 100));
  return [...seen].sort();
}

it.each<[string, 'least_busy' | 'lowest_latency', Sketch[], number[]]>([
  ['who has the least to do', 'least_busy', [{ busy: 3 }, { busy: 1 }, { busy: 2 }], [1]],
  ['equals in turns', 'least_busy', [{ busy: 1 }, { busy: 1 }, { busy: 2 }], [0, 1]],
  ['measured by what each can take', 'least_busy', [{ busy: 4, weight: 8 }, { busy: 1 }], [0]],
  ['whoever has no weight only at last', 'least_busy', [{ weight: 0 }, { busy: 50 }], [1]],
  ['who begins to answer soonest', 'lowest_latency', [{ latency: 900 }, { latency: 200 }, { latency: 500 }], [1]],
  ['nearly equals in turns', 'lowest_latency', [{ latency: 210 }, { latency: 200 }, { latency: 500 }], [0, 1]],
  ['who is not known yet', 'lowest_latency', [{ latency: 200 }, {}], [1]],
  ['who was slow long ago', 'lowest_latency', [{ latency: 200 }, { latency: 900, ago: 600_000 }], [1]],
  ['not who was slow just now', 'lowest_latency', [{ latency: 200 }, { latency: 900, ago: 60_000 }], [0]],
])('prefers %s (%s)', (_, strategy, sketches, expected) => {
  expect(preferred(strategy, sketches)).toEqual(expected);
});

it('passes over what is out, until nobody is left', () => {
  const channels = [{ busy: 1 }, { busy: 2 }].map(channel);
  expect(best(channels, [1, 2], new Set([0]), () => 0.5)).toBe(1);
  expect(best(channels, [1, 2], new Set([0, 1]), () => 0.5)).toBe(-1);
});

it('draws among equals by weight', () => {
  const channels = [{ weight: 9 }, { weight: 1 }].map(channel);
  let heavy = 0;
  for (let draw = 0; draw < 1000; draw++)
    heavy += best(channels, [0, 0], new Set(), () => ((draw * 7) % 1000) / 1000) === 0 ? 1 : 0;
  expect(heavy / 1000).toBeCloseTo(0.9, 1);
});

describe('a time to the first byte', () => {
  it('moves by three tenths towards each new one and fades by half in two minutes', () => {
    const load = new ChannelLoad();
    load.note('m', 100, now);
    load.note('m', 200, now);
    expect(load.latency('m', now)).toBe(130);
    expect(load.latency('m', now + 120_000)).toBe(65);
    expect(load.latency('other', now)).toBe(0);
  });

  it('is kept for a bounded number of models', () => {
    const load = new ChannelLoad();
    for (let model = 0; model < 600; model++) load.note(`m${model}`, 1, now);
    expect([load.latency('m0', now), load.latency('m599', now)]).toEqual([0, 1]);
  });
});
