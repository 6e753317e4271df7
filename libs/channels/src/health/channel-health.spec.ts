import { FixedSettings } from '@app/config';
import { ChangeBus, type ChangeHandler, type Json } from '@app/platform/bus';
import { findProvider } from '@app/providers';
import { CHANNELS_CHANGED, CREDENTIALS_COOLED } from '../channels/channel.events';
import { channelSettings } from '../channels.settings';
import { ChannelLoad } from '../routing/channel-load';
import { CredentialView, type Route } from '../routing/route';
import type { AutoDisabler, Condemned } from './auto-disabler';
import { ChannelHealth, type ChannelFailure } from './channel-health';
import type { ResponseTimeRecorder } from './response-time-recorder';

class MemoryBus extends ChangeBus {
  readonly told: { topic: string; payload: Json | undefined }[] = [];
  readonly #handlers: [string, ChangeHandler][] = [];

  async publish(topic: string, payload?: Json): Promise<void> {
    this.told.push({ topic, payload });
    const heard = this.#handlers.filter(([subscribed]) => subscribed === topic);
    await Promise.all(heard.map(async ([, handler]) => handler(payload ?? null)));
  }

  subscribe(topic: string, handler: ChangeHandler): () => void {
    this.#handlers.push([topic, handler]);
    return () => undefined;
  }
}

interface World {
  readonly health: ChannelHealth;
  readonly bus: MemoryBus;
  readonly settings: FixedSettings;
  readonly condemned: Condemned[];
  readonly noted: [string, number][];
  now: number;
  route(credential?: string, model?: string): Route;
}

const worlds: ChannelHealth[] = [];
afterEach(() => worlds.splice(0).forEach((health) => health.onApplicationShutdown()));

/** Time stands still until a test moves it. */
function world(bus = new MemoryBus()): World {
  const condemned: Condemned[] = [];
  const noted: [string, number][] = [];
  const settings = new FixedSettings();
  const disabler: Pick<AutoDisabler, 'disable'> = { disable: async (one) => void condemned.push(one) };
  const recorder: Pick<ResponseTimeRecorder, 'note'> = { note: (id, ms) => void noted.push([id, ms]) };
  const clock = { now: () => made.now };
  const health = new ChannelHealth(disabler as AutoDisabler, recorder as ResponseTimeRecorder, settings, bus, clock);
  const channel = {
    id: 'channel',
    name: 'n',
    provider: findProvider('openai')!,
    baseUrl: 'https://h/v1',
    protocols: ['openai-chat' as const],
    settings: {},
    overrides: null,
    proxy: null,
    load: new ChannelLoad(),
  };
  const made: World = {
    ...{ health, bus, settings, condemned, noted, now: 1_000_000 },
    route: (credential = 'key', upstreamModel = 'm') => ({
      channel,
      credential: new CredentialView(credential, 'secret'),
      upstreamModel,
      protocol: 'openai-chat',
      selectedAt: made.now,
    }),
  };
  health.onModuleInit();
  worlds.push(health);
  return made;
}

const failure = (kind: ChannelFailure['kind'], more: Partial<ChannelFailure> = {}): ChannelFailure => ({
  kind,
  message: 'refused',
  ...more,
});

describe('a credential rests', () => {
  it.each<[ChannelFailure, number]>([
    [failure('rate_limited', { retryAfterMs: 7000 }), 7000],
    [failure('rate_limited'), 30_000],
    [failure('rate_limited', { retryAfterMs: 86_400_000 }), 3_600_000],
    [failure('rate_limited', { retryAfterMs: 0 }), 0],
    [failure('overloaded'), 10_000],
    [failure('overloaded', { retryAfterMs: 2000 }), 2000],
    [failure('caller'), 0],
    [failure('forbidden'), 0],
    [failure('model_missing'), 0],
    [failure('upstream_error'), 0],
  ])('after %j for %i ms', (why, ms) => {
    const it = world();
    it.health.failed(it.route(), why);
    expect(it.health.cooldowns.until('key', 'm')).toBe(ms === 0 ? 0 : it.now + ms);
  });

  it('for the model that was limited, and other credentials do not', () => {
    const it = world();
    it.health.failed(it.route('key', 'm'), failure('rate_limited'));
    expect(it.health.cooldowns.until('key', 'other')).toBe(0);
    expect(it.health.cooldowns.until('key-2', 'm')).toBe(0);
  });

  it('on every node', () => {
    const bus = new MemoryBus();
    const [here, there] = [world(bus), world(bus)];
    here.health.failed(here.route(), failure('rate_limited', { retryAfterMs: 5000 }));
    expect(there.health.cooldowns.until('key', 'm')).toBe(here.now + 5000);
    here.now = there.now += 1;
    here.health.succeeded(here.route(), { firstByteMs: 1 });
    expect(there.health.cooldowns.until('key', 'm')).toBe(0);
  });

  it('until an answer chosen after the pause began disproves it, not one already under way', () => {
    const it = world();
    const early = it.route();
    it.now += 10;
    it.health.failed(it.route(), failure('rate_limited'));
    it.health.succeeded(early, { firstByteMs: 1 });
    expect(it.health.cooldowns.until('key', 'm')).toBeGreaterThan(it.now);
    it.now += 10;
    it.health.succeeded(it.route(), { firstByteMs: 1 });
    expect(it.health.cooldowns.until('key', 'm')).toBe(0);
  });

  it('and the others are told once, not for each of a hundred calls that were limited together', () => {
    const it = world();
    for (let call = 0; call < 100; call++) it.health.failed(it.route(), failure('rate_limited'));
    expect(it.bus.told.filter(({ topic }) => topic === CREDENTIALS_COOLED)).toHaveLength(1);
  });
});

describe('a credential is disabled', () => {
  const refuse = (it: World, kind: ChannelFailure['kind'] = 'credential_invalid', route = it.route()): void => {
    it.now += 1;
    it.health.failed(route, failure(kind, { code: 'invalid_api_key' }));
  };

  it('after three refusals one after the other, and rests at once', () => {
    const it = world();
    refuse(it);
    refuse(it, 'quota_exhausted');
    expect(it.condemned).toEqual([]);
    expect(it.health.of('channel', ['key', 'key-2'])).toBe('degraded');
    refuse(it);
    expect(it.condemned).toEqual([{ channelId: 'channel', credentialId: 'key', reason: 'invalid_api_key: refused' }]);
    expect(it.health.cooldowns.isCooling('key', 'any model at all', it.now)).toBe(true);
  });

  it('not by one moment’s trouble that failed fifty calls', () => {
    const it = world();
    const routes = Array.from({ length: 50 }, () => it.route());
    for (const route of routes) refuse(it, 'credential_invalid', route);
    expect(it.condemned).toEqual([]);
  });

  it('not when an answer came in between, nor when the refusals are far apart', () => {
    const it = world();
    refuse(it);
    refuse(it);
    it.health.succeeded(it.route(), { firstByteMs: 1 });
    refuse(it);
    refuse(it);
    it.now += 300_001;
    refuse(it);
    expect(it.condemned).toEqual([]);
  });

  it('as often as the settings say, or never', () => {
    const it = world();
    it.settings.set(channelSettings['autoDisable.failures'], 1);
    refuse(it);
    expect(it.condemned).toHaveLength(1);
    it.settings.set(channelSettings['autoDisable.failures'], 0);
    for (let n = 0; n < 10; n++) refuse(it, 'credential_invalid', it.route('key-2'));
    expect(it.condemned).toHaveLength(1);
  });

  it('never for what is not its fault', () => {
    const it = world();
    const kinds = [
      'caller',
      'forbidden',
      'rate_limited',
      'overloaded',
      'model_missing',
      'timeout',
      'upstream_error',
      'network',
    ] as const;
    for (const kind of kinds) for (let n = 0; n < 10; n++) refuse(it, kind);
    expect(it.condemned).toEqual([]);
  });
});

describe('a channel pauses for a model', () => {
  it.each(['network', 'timeout', 'upstream_error'] as const)('after five times %s in a row', (kind) => {
    const it = world();
    for (let n = 0; n < 4; n++) it.health.failed(it.route(`key-${n}`), failure(kind));
    expect(it.health.cooldowns.until('channel', 'm')).toBe(0);
    it.health.failed(it.route(), failure(kind));
    expect(it.health.cooldowns.until('channel', 'm')).toBe(it.now + 15_000);
    expect(it.health.cooldowns.until('channel', 'other')).toBe(0);
  });

  it('not when an answer came in between', () => {
    const it = world();
    for (let n = 0; n < 20; n++) {
      it.health.failed(it.route(), failure('timeout'));
      if (n % 4 === 3) it.health.succeeded(it.route(), { firstByteMs: 1 });
    }
    expect(it.health.cooldowns.until('channel', 'm')).toBe(0);
  });
});

describe('a breaker', () => {
  const broken = failure('network');
  const open = (it: World) => {
    for (let n = 0; n < 5; n++) it.health.failed(it.route(), broken);
    it.now = it.health.cooldowns.until('channel', 'm');
  };

  it('opens again at the first failure of the call that tries, for twice as long, up to the longest', () => {
    const it = world();
    open(it);
    for (const ms of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      expect(it.health.claim(it.route(), it.now)).toBe(true);
      it.health.failed({ ...it.route(), isProbe: true }, broken);
      expect(it.health.cooldowns.until('channel', 'm')).toBe(it.now + ms);
      it.now += ms;
    }
  });

  it('closes when the call that tries gets its first byte, or an answer that only refuses', () => {
    for (const verdict of ['byte', 'rate_limited'] as const) {
      const it = world();
      open(it);
      expect(it.health.claim(it.route(), it.now)).toBe(true);
      const route = { ...it.route(), isProbe: true };
      if (verdict === 'byte') it.health.proved(route);
      else it.health.failed(route, failure(verdict));
      expect(it.health.cooldowns.until('channel', 'm')).toBe(0);
    }
  });

  it('is tried by one call, on all nodes together, and by another when that one told nothing', () => {
    const bus = new MemoryBus();
    const [here, there] = [world(bus), world(bus)];
    open(here);
    there.now = here.now;
    expect(here.health.claim(here.route(), here.now)).toBe(true);
    expect(there.health.claim(there.route(), there.now)).toBe(false);
    here.health.undecided({ ...here.route(), isProbe: true });
    expect(there.health.claim(there.route(), there.now)).toBe(true);
  });

  it('does not take the late failures of calls from before for a verdict', () => {
    const it = world();
    const early = it.route();
    open(it);
    it.health.failed(early, broken);
    expect(it.health.claim(it.route(), it.now)).toBe(true);
  });
});

describe('a pause that was too short', () => {
  it('is followed by one twice as long, until an answer comes', () => {
    const it = world();
    for (const ms of [30_000, 60_000, 120_000]) {
      it.health.failed(it.route(), failure('rate_limited'));
      expect(it.health.cooldowns.until('key', 'm')).toBe(it.now + ms);
      it.now += ms;
    }
    it.health.succeeded(it.route(), { firstByteMs: 1 });
    it.health.failed(it.route(), failure('rate_limited'));
    expect(it.health.cooldowns.until('key', 'm')).toBe(it.now + 30_000);
  });

  it('was not, where the calls were under way together', () => {
    const it = world();
    const routes = [it.route(), it.route(), it.route()];
    for (const route of routes) it.health.failed(route, failure('rate_limited'));
    it.now += 30_000;
    it.health.failed(it.route(), failure('rate_limited'));
    expect(it.health.cooldowns.until('key', 'm')).toBe(it.now + 60_000);
  });

  it('is forgotten after a while', () => {
    const it = world();
    it.health.failed(it.route(), failure('rate_limited'));
    it.now += 30_000 + 600_000;
    it.health.cooldowns.sweep(it.now);
    it.health.failed(it.route(), failure('rate_limited'));
    expect(it.health.cooldowns.until('key', 'm')).toBe(it.now + 30_000);
  });
});

describe('an operator’s "enabled"', () => {
  it('forgets pauses and counts', async () => {
    const it = world();
    const refused = failure('credential_invalid');
    it.health.failed(it.route(), refused);
    it.health.failed(it.route('key-2'), failure('rate_limited'));
    await it.bus.publish(CHANNELS_CHANGED, { channelIds: ['channel'], reset: true });
    expect(it.health.cooldowns.until('key-2', 'm')).toBe(0);
    expect(it.health.of('channel', ['key', 'key-2'])).toBe('healthy');
  });

  it('is not any other change of a channel', async () => {
    const it = world();
    it.health.failed(it.route(), failure('rate_limited'));
    await it.bus.publish(CHANNELS_CHANGED, { channelIds: ['channel'], reset: false });
    expect(it.health.cooldowns.until('key', 'm')).toBeGreaterThan(it.now);
  });
});

it('shows a channel as cooling when all of its credentials rest', () => {
  const it = world();
  expect(it.health.of('channel', ['key', 'key-2'])).toBe('healthy');
  it.health.failed(it.route(), failure('rate_limited'));
  expect(it.health.of('channel', ['key', 'key-2'])).toBe('degraded');
  it.health.failed(it.route('key-2'), failure('rate_limited'));
  expect(it.health.of('channel', ['key', 'key-2'])).toBe('cooling');
});

it('notes the time to the first byte of every answer', () => {
  const it = world();
  it.health.succeeded(it.route(), { firstByteMs: 42 });
  expect(it.noted).toEqual([['channel', 42]]);
});
