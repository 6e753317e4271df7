import type { Part } from './parts';

/**
 * The answers of a stream. Who asked for one gets one, whatever number the upstream gives it and whatever others it makes besides;
 * of several, all that began must have ended before the stream is complete.
 */
export class Candidates {
  private first: number | undefined;
  private readonly begun = new Set<number>();
  private readonly finished = new Set<number>();

  constructor(private readonly single: boolean) {}

  get areComplete(): boolean {
    return this.finished.size > 0 && this.finished.size === this.begun.size;
  }

  /** The part as the caller is to get it; undefined: it belongs to an answer nobody asked for. */
  take(part: Part): Part | undefined {
    if (!('candidate' in part)) return part;
    const told = this.single ? this.only(part) : part;
    if (!told) return undefined;
    this.begun.add(told.candidate);
    if (told.kind === 'finish') this.finished.add(told.candidate);
    return told;
  }

  private only<P extends Extract<Part, { candidate: number }>>(part: P): P | undefined {
    this.first ??= part.candidate;
    if (part.candidate !== this.first) return undefined;
    return part.candidate === 0 ? part : { ...part, candidate: 0 };
  }
}
