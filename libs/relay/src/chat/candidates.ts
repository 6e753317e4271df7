import type { Part } from './parts';

/** More answers are not passed on: their numbers are the upstream's. */
const MAX_CANDIDATES = 1024;

/**
 * The answers of a stream, numbered from 0 in the order in which they begin, whatever an upstream counts from. Who asked for one gets
 * one, whatever others the upstream makes besides; of several, all that began must have ended before the stream is complete.
 */
export class Candidates {
  /** The upstream's numbers, and the caller's. */
  private readonly begun = new Map<number, number>();
  private readonly finished = new Set<number>();
  private readonly most: number;

  constructor(single: boolean) {
    this.most = single ? 1 : MAX_CANDIDATES;
  }

  get areComplete(): boolean {
    return this.finished.size > 0 && this.finished.size === this.begun.size;
  }

  /** The part as the caller is to get it; undefined: it belongs to an answer nobody asked for. */
  take(part: Part): Part | undefined {
    if (!('candidate' in part)) return part;
    const candidate = this.numberOf(part.candidate);
    if (candidate === undefined) return undefined;
    if (part.kind === 'finish') this.finished.add(candidate);
    return part.candidate === candidate ? part : { ...part, candidate };
  }

  private numberOf(upstreams: number): number | undefined {
    const known = this.begun.get(upstreams);
    if (known !== undefined) return known;
    if (this.begun.size >= this.most) return undefined;
    const candidate = this.begun.size;
    this.begun.set(upstreams, candidate);
    return candidate;
  }
}
