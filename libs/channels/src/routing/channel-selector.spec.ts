import { inspect } from 'node:util';
import { findProvider, type UpstreamProtocol } from '@app/providers';
import type { ChannelHealth } from '../health/channel-health';
import { anyModel, Cooldowns } from '../health/cooldowns';
import { ChannelIndex } from './channel-index';
import { ChannelLoad } from './channel-load';
import { ChannelSelector } from './channel-selector';
import type { IndexedChannel } from './indexed-channel';
import { CredentialView } from './route';
import type { RouteQuery } from './search';
import { Vocabulary } from './vocabulary';

interface Sketch {
  readonly provider?: string;
  readonly priority?: number;
  readonly weight?: number;
  readonly cost?: number;
  readonly keys?: number;
  readonly models?: readonly string[];
  readonly groups?: readonly string[];
  readonly protocols?: readonly UpstreamProtocol[];
  readonly mapping?: Readonly<Record<string, string>>;
}

/** Repeatable numbers in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const now = 1_000_000;

/** Channels by id; their credentials are `<id>-0`, `<id>-1`, … */
function world(sketches: Readonly<Record<string, Sketch>>) {
  const vocabulary = new Vocabulary();
  const channels = Object.entries(sketches).map(([id, sketch]) => indexed(id, sketch, vocabulary));
  const index = new ChannelIndex();
  index.replace(channels, vocabulary);
  const cooldowns = new Cooldowns();
  const claim: ChannelHealth['claim'] = ({ channel, upstreamModel }) =>
    cooldowns.claim(channel.id, upstreamModel, clock.now);
  const clock = { now };
  const selector = new ChannelSelector(index, { cooldowns, claim } as ChannelHealth, { now: () => clock.now });
  selector.random = generator(7);
  const select = (more: Partial<RouteQuery> = {}, tried: { channels?: string[]; credentials?: string[] } = {}) =>
    selector.select(
      { group: 'default', model: 'm', ...more },
      { channels: new Set(tried.channels), credentials: new Set(tried.credentials) },
    );
  const rest = (subject: string, model = 'm', ms = 1000, binding = false) =>
    cooldowns.cool(subject, model, { since: now, until: now + ms, binding });
  const shares = (times: number, tried: { channels?: string[] } = {}) => {
    const counts: Record<string, number> = {};
    for (let n = 0; n < times; n++) {
      const id = select({}, tried)?.channel.id ?? 'none';
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  };
  const loads = Object.fromEntries(channels.map(({ view }) => [view.id, view.load]));
  return { index, selector, select, rest, shares, cooldowns, clock, loads };
}

function indexed(id: string, sketch: Sketch, vocabulary: Vocabulary): IndexedChannel {
  const { priority = 0, weight = 1, keys = 1, models = ['m'], groups = ['default'], mapping = {} } = sketch;
  const provider = findProvider(sketch.provider ?? 'openai')!;
  const { cost = 1 } = sketch;
  const load = new ChannelLoad();
  const protocols = sketch.protocols ?? ['openai-chat'];
  const names = new Set([...models, ...Object.keys(mapping)]);
  return {
    view: {
      id,
      name: id,
      provider,
      baseUrl: 'https://h/v1',
      protocols,
      settings: {},
      overrides: null,
      proxy: null,
      load,
    },
    credentials: Array.from({ length: keys }, (_, n) => new CredentialView(`${id}-${n}`, 's')),
    groups,
    priority,
    weight,
    cost,
    load,
    served: Uint32Array.from(names, (name) => vocabulary.learn(name)),
    mapping: Object.keys(mapping).length > 0 ? new Map(Object.entries(mapping)) : null,
    turn: 0,
  };
}

describe('a provider that speaks to each model in its own protocols', () => {
  const spoken = ['gemini', 'anthropic-messages', 'openai-chat'] as const;
  const models = ['claude-opus-4-6', 'gemini-3-pro'];
  const { select } = world({
    v: { provider: 'vertex-ai', protocols: spoken, models, mapping: { opus: 'claude-opus-4-6' } },
  });

  it.each([
    ['claude-opus-4-6', ['gemini', 'anthropic-messages'], 'anthropic-messages'],
    ['opus', ['gemini', 'anthropic-messages'], 'anthropic-messages'],
    ['gemini-3-pro', ['anthropic-messages', 'openai-chat', 'gemini'], 'gemini'],
  ] as const)('is asked for %s by a caller of %j in %s', (model, protocols, protocol) => {
    expect(select({ model, protocols, onlyThese: true })?.protocol).toBe(protocol);
  });

  it('is passed over where the model speaks none of them', () => {
    expect(select({ model: 'gemini-3-pro', protocols: ['anthropic-messages'], onlyThese: true })).toBeNull();
  });
});

describe('who is asked', () => {
  it('is the highest priority first, the next only when that cannot', () => {
    const { shares, select } = world({ low: { priority: -5 }, high: { priority: 10 }, mid: { priority: 3 } });
    expect(shares(100)).toEqual({ high: 100 });
    expect(shares(100, { channels: ['high'] })).toEqual({ mid: 100 });
    expect(shares(100, { channels: ['high', 'mid'] })).toEqual({ low: 100 });
    expect(select({}, { channels: ['high', 'mid', 'low'] })).toBeNull();
  });

  it('follows the weights within a priority', () => {
    const { shares } = world({
      a: { weight: 1 },
      b: { weight: 2 },
      c: { weight: 7 },
      other: { priority: -1, weight: 999 },
    });
    const { a = 0, b = 0, c = 0, other } = shares(20_000);
    expect(a / 20_000).toBeCloseTo(0.1, 1);
    expect(b / 20_000).toBeCloseTo(0.2, 1);
    expect(c / 20_000).toBeCloseTo(0.7, 1);
    expect(other).toBeUndefined();
  });

  it('follows the weights also among the few that are left of many', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${n}`, { weight: 100 }]));
    const { shares } = world({ ...many, a: { weight: 1 }, b: { weight: 3 } });
    const { a = 0, b = 0 } = shares(4000, { channels: Object.keys(many) });
    expect(a + b).toBe(4000);
    expect(b / 4000).toBeGreaterThan(0.7);
    expect(b / 4000).toBeLessThan(0.8);
  });

  it('is a channel of weight 0 only when no other of its priority can', () => {
    const { shares } = world({
      main: { weight: 1 },
      spare: { weight: 0 },
      spare2: { weight: 0 },
      lower: { priority: -1 },
    });
    expect(shares(200)).toEqual({ main: 200 });
    const { spare = 0, spare2 = 0, lower } = shares(1000, { channels: ['main'] });
    expect(spare + spare2).toBe(1000);
    expect(Math.min(spare, spare2)).toBeGreaterThan(400);
    expect(lower).toBeUndefined();
  });

  it('is somebody who serves the model to the group, by any name they serve it', () => {
    const { select, index } = world({
      plain: { models: ['m', 'n'] },
      vip: { models: ['m'], groups: ['vip'] },
      mapped: { models: [], mapping: { alias: 'real' }, groups: ['default', 'vip'] },
    });
    expect(select({ model: 'n' })?.channel.id).toBe('plain');
    expect(select({ group: 'vip' })?.channel.id).toBe('vip');
    expect(select({ model: 'alias' })).toMatchObject({ channel: { id: 'mapped' }, upstreamModel: 'real' });
    expect(select({ model: 'real' })).toBeNull();
    expect(select({ group: 'nobody' })).toBeNull();
    expect(index.models('default')).toEqual(['alias', 'm', 'n']);
    expect(index.models('vip')).toEqual(['alias', 'm']);
    expect(index.models('nobody')).toEqual([]);
    expect(index.serves('vip', 'n')).toBe(false);
  });

  it('is never anybody for names every object has', () => {
    const { select } = world({ a: {} });
    expect(select({ model: 'constructor' })).toBeNull();
    expect(select({ model: '__proto__' })).toBeNull();
    expect(select({ group: 'toString' })).toBeNull();
  });
});

describe('which key is used', () => {
  it('goes round', () => {
    const { select } = world({ a: { keys: 3 } });
    const used = Array.from({ length: 6 }, () => select()?.credential.id);
    expect(used).toEqual(['a-0', 'a-1', 'a-2', 'a-0', 'a-1', 'a-2']);
  });

  it('is none that this request has tried', () => {
    const { select } = world({ a: { keys: 3 } });
    expect(select({}, { credentials: ['a-0', 'a-1'] })?.credential.id).toBe('a-2');
    expect(select({}, { credentials: ['a-0', 'a-1', 'a-2'] })).toBeNull();
  });

  it('is none that rests', () => {
    const { select, rest } = world({ a: { keys: 2 }, lower: { priority: -1 } });
    rest('a-0');
    expect([select(), select(), select()].map((route) => route?.credential.id)).toEqual(['a-1', 'a-1', 'a-1']);
    rest('a-1', anyModel);
    expect(select()?.channel.id).toBe('lower');
  });

  it('rests under the upstream’s name of the model', () => {
    const { select, rest } = world({ a: { models: ['m', 'n'], mapping: { alias: 'n' } } });
    rest('a-0', 'n');
    expect(select({ model: 'm' })).not.toBeNull();
    expect(select({ model: 'n' })).toBeNull();
    expect(select({ model: 'alias' })).toBeNull();
  });

  it('is none of a channel that pauses for the model', () => {
    const { select, rest } = world({ a: { models: ['m', 'n'] } });
    rest('a');
    expect(select({ model: 'm' })).toBeNull();
    expect(select({ model: 'n' })).not.toBeNull();
  });

  it('may be, as a last resort, the one whose pause ends first', () => {
    const { select, rest } = world({ a: { keys: 2, priority: 5 }, b: {} });
    rest('a-0', 'm', 9000);
    rest('a-1', 'm', 5000);
    rest('b-0', 'm', 3000);
    rest('b', 'm', 7000);
    expect(select()).toBeNull();
    expect(select({ allowCooling: true })?.credential.id).toBe('a-1');
    expect(select({ allowCooling: true }, { credentials: ['a-1'] })?.credential.id).toBe('b-0');
    expect(select({ allowCooling: true }, { channels: ['a', 'b'] })).toBeNull();
  });

  it('waits for as long as an upstream asked, even as a last resort', () => {
    const { select, rest } = world({ a: { keys: 2 } });
    rest('a-0', 'm', 1000, true);
    rest('a-1', 'm', 9000);
    expect(select({ allowCooling: true })?.credential.id).toBe('a-1');
    expect(select({ allowCooling: true }, { credentials: ['a-1'] })).toBeNull();
  });

  it('shows its secret to nobody who prints, spreads or serialises the route', () => {
    const { select } = world({ a: {} });
    const credential = new CredentialView('id', 'top-secret');
    expect(credential.secret).toBe('top-secret');
    expect(JSON.stringify({ credential, copy: { ...credential }, route: select() })).not.toContain('top-secret');
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain('top-secret');
  });
});

describe('which protocol is spoken', () => {
  const channels = { a: { protocols: ['anthropic-messages', 'openai-chat'] as const } };

  it('is the one the provider prefers where the caller’s own is not among them', () => {
    const { select } = world({ a: { protocols: ['cohere-chat', 'openai-chat'] } });
    const reachable = (own: UpstreamProtocol) => ({ protocols: [own, 'openai-chat', 'cohere-chat'] as const });
    expect(select(reachable('anthropic-messages'))?.protocol).toBe('cohere-chat');
    expect(select(reachable('openai-chat'))?.protocol).toBe('openai-chat');
    expect(select({ protocols: ['openai-chat'] })?.protocol).toBe('openai-chat');
  });

  it.each<[readonly UpstreamProtocol[] | undefined, UpstreamProtocol]>([
    [['openai-chat'], 'openai-chat'],
    [['gemini', 'anthropic-messages'], 'anthropic-messages'],
    [['gemini'], 'anthropic-messages'],
    [undefined, 'anthropic-messages'],
  ])('asked for %j it is %s', (protocols, spoken) => {
    expect(world(channels).select({ protocols })?.protocol).toBe(spoken);
  });

  it('passes over channels that speak none of those wanted, if only those will do', () => {
    const { select } = world({ ...channels, g: { protocols: ['gemini'], priority: -1 } });
    expect(select({ protocols: ['gemini'], onlyThese: true })?.channel.id).toBe('g');
    expect(select({ protocols: ['openai-responses'], onlyThese: true })).toBeNull();
  });
});

it('finds the one usable channel of ten thousand', () => {
  const many = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, n) => [`c${n}`, { weight: n === 4321 ? 1 : 10_000 }]),
  );
  const { select } = world(many);
  const tried = Object.keys(many).filter((id) => id !== 'c4321');
  expect(select({}, { channels: tried })?.channel.id).toBe('c4321');
});

it('covers every point of a tier with exactly the channel that owns it', () => {
  const { index } = world({
    a: { weight: 2 },
    b: { weight: 0 },
    c: { weight: 3 },
    d: { weight: 0 },
    e: { priority: -1, weight: 4 },
  });
  const table = index.table('default')!;
  const row = table.row('m')!;
  const [start, end] = [table.start(row), table.end(row)];
  const tierEnd = table.tierEnd(start, end);
  const owners = [0, 1, 1.999, 2, 3, 4.999].map(
    (point) => table.channelAt(table.entryAt(start, tierEnd, point)).view.id,
  );
  expect(owners).toEqual(['a', 'a', 'a', 'c', 'c', 'c']);
  expect([tierEnd - start, table.tierWeight(tierEnd)]).toEqual([4, 5]);
  expect([table.tierEnd(tierEnd, end), table.tierWeight(end)]).toEqual([end, 4]);
});

describe('a strategy', () => {
  const counted = (times: number, choose: () => string | undefined) => {
    const counts: Record<string, number> = {};
    for (let n = 0; n < times; n++) {
      const id = choose() ?? 'none';
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  };

  it.each(['least_busy', 'lowest_latency', 'cheapest'] as const)('%s never leaves the highest priority', (strategy) => {
    const { select, loads } = world({
      high: { priority: 1, cost: 5 },
      high2: { priority: 1, cost: 9 },
      low: { cost: 0.1 },
    });
    for (const id of ['high', 'high2']) {
      loads[id]!.inFlight = 50;
      loads[id]!.note('m', 9_000, now);
    }
    expect(counted(50, () => select({ strategy })?.channel.id)).not.toHaveProperty('low');
    expect(select({ strategy }, { channels: ['high', 'high2'] })?.channel.id).toBe('low');
  });

  it('cheapest asks who costs least, equals by weight, the dearer when those cannot', () => {
    const { select, rest } = world({
      dear: { cost: 2, weight: 100 },
      fair: { cost: 1 },
      cheap: { cost: 0.5, weight: 3 },
      cheap2: { cost: 0.5, weight: 1 },
    });
    const shares = counted(400, () => select({ strategy: 'cheapest' })?.channel.id);
    expect(Object.keys(shares).sort()).toEqual(['cheap', 'cheap2']);
    expect(shares.cheap! / 400).toBeCloseTo(0.75, 1);
    rest('cheap');
    rest('cheap2');
    expect(select({ strategy: 'cheapest' })?.channel.id).toBe('fair');
    expect(select({ strategy: 'cheapest' }, { channels: ['fair'] })?.channel.id).toBe('dear');
  });

  it('least_busy finds an idle channel, and who is left when the idle ones rest', () => {
    const { select, loads, rest } = world({ a: {}, b: {}, c: {} });
    loads.a!.inFlight = 2;
    loads.b!.inFlight = 1;
    expect(select({ strategy: 'least_busy' })?.channel.id).toBe('c');
    rest('c');
    expect(select({ strategy: 'least_busy' })?.channel.id).toBe('b');
    rest('b-0');
    expect(select({ strategy: 'least_busy' })?.channel.id).toBe('a');
  });

  it('least_busy draws from a large tier and still finds the only one that can', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`c${n}`, {}]));
    const { select, rest } = world(many);
    for (let n = 0; n < 300; n++) if (n !== 123) rest(`c${n}`);
    expect(select({ strategy: 'least_busy' })?.channel.id).toBe('c123');
  });
});

describe('calls that belong together', () => {
  const channels = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`c${n}`, { keys: 3 }]));

  it.each(['weighted', 'least_busy', 'lowest_latency', 'cheapest'] as const)(
    'go to the same channel and credential with %s',
    (strategy) => {
      const { select, loads } = world(channels);
      const first = select({ affinity: 42, strategy })!;
      for (let n = 0; n < 50; n++) {
        loads[first.channel.id]!.inFlight++;
        const route = select({ affinity: 42, strategy })!;
        expect([route.channel.id, route.credential.id]).toEqual([first.channel.id, first.credential.id]);
      }
    },
  );

  it('spread over all channels, one number from the next', () => {
    const { select } = world(channels);
    const seen = new Set<string>();
    for (let affinity = 0; affinity < 400; affinity++) seen.add(select({ affinity })!.channel.id);
    expect(seen.size).toBe(20);
  });

  it('yield when their channel or credential rests or was tried, all of them to the same one, and come back', () => {
    const { select, rest, clock } = world(channels);
    const first = select({ affinity: 7 })!;
    const next = select({ affinity: 7 }, { channels: [first.channel.id] })!;
    expect(next.channel.id).not.toBe(first.channel.id);
    rest(first.credential.id);
    expect(select({ affinity: 7 })).toMatchObject({ channel: { id: first.channel.id } });
    rest(first.channel.id);
    expect(select({ affinity: 7 })!.channel.id).toBe(next.channel.id);
    clock.now += 1001;
    expect(select({ affinity: 7 })!.credential.id).toBe(first.credential.id);
  });
});

describe('a channel whose breaker was open', () => {
  const opened = () => {
    const made = world({ a: { priority: 1 }, b: {} });
    made.cooldowns.cool('a', 'm', { since: now, until: now + 1000, halfOpen: true, level: 1 });
    return made;
  };

  it('is tried by a single call when the pause has passed, the others go on elsewhere', () => {
    const { select, clock } = opened();
    expect(select()!.channel.id).toBe('b');
    clock.now += 1000;
    expect(select()).toMatchObject({ channel: { id: 'a' }, isProbe: true });
    for (let n = 0; n < 20; n++) expect(select()).toMatchObject({ channel: { id: 'b' } });
  });

  it('is tried again when the call that tried has told nothing', () => {
    const { select, clock, cooldowns } = opened();
    clock.now += 1000;
    expect(select()!.isProbe).toBe(true);
    cooldowns.probing('a', 'm', 0);
    expect(select()).toMatchObject({ channel: { id: 'a' }, isProbe: true });
  });

  it('is asked by all when it has answered', () => {
    const { select, clock, cooldowns } = opened();
    clock.now += 1000;
    select();
    cooldowns.end('a', 'm', clock.now);
    for (let n = 0; n < 5; n++) expect(select()!.isProbe).toBeUndefined();
    expect(select()!.channel.id).toBe('a');
  });
});
