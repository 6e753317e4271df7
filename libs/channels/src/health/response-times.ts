import { LRUCache } from 'lru-cache';

const newestShare = 0.2;
const mostChannels = 50_000;
const longestMs = 2_147_483_647;

/** The moving average of each channel's time to the first byte, gathered until someone stores it. */
export class ResponseTimes {
  readonly #averages = new LRUCache<string, number>({ max: mostChannels });
  #unsaved = new Map<string, number>();

  note(channelId: string, ms: number): void {
    const before = this.#averages.get(channelId) ?? ms;
    const average = before + (ms - before) * newestShare;
    this.#averages.set(channelId, average);
    if (this.#unsaved.size < mostChannels) this.#unsaved.set(channelId, rounded(average));
  }

  /** What moved since the last time. */
  take(): ReadonlyMap<string, number> {
    const taken = this.#unsaved;
    this.#unsaved = new Map();
    return taken;
  }
}

const rounded = (ms: number): number => Math.min(Math.max(Math.round(ms), 0), longestMs);
