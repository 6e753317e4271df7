import type { Settings } from '@app/config';
import { channelSettings } from '../channels.settings';
import type { Route } from '../routing/route';
import type { Cooldowns, Pause } from './cooldowns';
import { FailureCounts } from './failure-counts';

const windowMs = 60_000;

/**
 * The breaker of each model at each channel: closed until so many failures in a row, open for a pause, then half-open: a single
 * call tries, and its failure opens it again for twice as long. This node's own counts; the pauses are shared.
 */
export class Breakers {
  readonly #breakages = new FailureCounts();

  constructor(
    private readonly cooldowns: Cooldowns,
    private readonly settings: Pick<Settings, 'get'>,
  ) {}

  /** The pause a failure leads to; null: none, or one is running already. */
  broke(route: Route, reason: string, now: number): Pause | null {
    const enough = this.settings.get(channelSettings['breaker.failures']);
    if (enough === 0) return null;
    const last = this.cooldowns.last(route.channel.id, route.upstreamModel);
    if (last && last.until > now) return null;
    const again = last?.halfOpen === true && route.selectedAt >= last.until;
    if (!again && this.#breakages.note(keyOf(route), now, windowMs) < enough) return null;
    this.#breakages.clear(keyOf(route));
    const level = again ? (last.level ?? 1) + 1 : 1;
    const base = this.settings.get(channelSettings['breaker.pauseMs']);
    const ms = grown(base, level, this.settings.get(channelSettings['breaker.longestMs']));
    return { since: now, until: now + ms, level, halfOpen: true, reason };
  }

  /** An answer came. */
  succeeded(route: Route): void {
    if (this.#breakages.size > 0) this.#breakages.clear(keyOf(route));
  }

  clearAll(): void {
    this.#breakages.clearAll();
  }
}

/** `base` milliseconds, twice as long for each further level, never above `longest`. */
export const grown = (base: number, level: number, longest: number): number =>
  Math.min(base * 2 ** Math.min(level - 1, 30), Math.max(longest, base));

const keyOf = ({ channel, upstreamModel }: Route): string => `${channel.id} ${upstreamModel}`;
