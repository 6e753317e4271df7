/** An average this old counts half: a channel that was slow once is tried again some day. */
const halfLifeMs = 120_000;
const newestShare = 0.3;
const mostModels = 500;

interface Latency {
  ms: number;
  at: number;
}

/** What this node knows of how busy a channel is and how fast it answers. Survives changes of the channel. */
export class ChannelLoad {
  /** Calls under way. */
  inFlight = 0;
  readonly #latencies = new Map<string, Latency>();

  /** Notes a time to the first byte, in milliseconds. */
  note(model: string, firstByteMs: number, now: number): void {
    const known = this.#latencies.get(model);
    if (known) {
      known.ms += (firstByteMs - known.ms) * newestShare;
      known.at = now;
      return;
    }
    if (this.#latencies.size >= mostModels) this.#latencies.delete(this.#latencies.keys().next().value!);
    this.#latencies.set(model, { ms: firstByteMs, at: now });
  }

  /** The expected time to the first byte in milliseconds, fading with age; 0: nothing is known. */
  latency(model: string, now: number): number {
    const known = this.#latencies.get(model);
    return known ? known.ms * 2 ** (-Math.max(now - known.at, 0) / halfLifeMs) : 0;
  }
}
