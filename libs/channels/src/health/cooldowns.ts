export interface Pause {
  readonly since: number;
  readonly until: number;
  /** The upstream itself named the time (or refuses the credential): nobody asks before, not even as a last resort. */
  readonly binding?: boolean;
}

/** Stands for every model. */
export const anyModel = '*';

const mostSubjects = 50_000;
const mostModels = 1_000;

/**
 * Which credentials and channels are left alone, for which upstream model, until when. A subject is a credential's or a
 * channel's id. Vendors count limits per model, so a pause holds for one model unless it says `anyModel`.
 */
export class Cooldowns {
  readonly #subjects = new Map<string, Map<string, Pause>>();

  isCooling(subject: string, model: string, now: number): boolean {
    return this.until(subject, model) > now;
  }

  /** When the subject may be used again for the model; 0: it may. */
  until(subject: string, model: string): number {
    if (this.#subjects.size === 0) return 0;
    const pauses = this.#subjects.get(subject);
    if (!pauses) return 0;
    return Math.max(pauses.get(model)?.until ?? 0, pauses.get(anyModel)?.until ?? 0);
  }

  /** Whether a pause that is running may not be cut short. */
  isBound(subject: string, model: string, now: number): boolean {
    const pauses = this.#subjects.get(subject);
    return [pauses?.get(model), pauses?.get(anyModel)].some((pause) => pause?.binding === true && pause.until > now);
  }

  /** The later end wins. False when the subject was to rest as long already, give or take a second. */
  cool(subject: string, model: string, pause: Pause): boolean {
    const pauses = this.#subjects.get(subject) ?? new Map<string, Pause>();
    const before = pauses.get(model);
    if (before && before.until >= pause.until - 1000) return false;
    put(pauses, model, pause, mostModels);
    put(this.#subjects, subject, pauses, mostSubjects);
    return true;
  }

  /** Ends the pause for one model if it began before `provenAt`: an answer that was under way already proves nothing. */
  end(subject: string, model: string, provenAt: number): boolean {
    if (this.#subjects.size === 0) return false;
    const pauses = this.#subjects.get(subject);
    const pause = pauses?.get(model);
    if (!pauses || !pause || pause.since > provenAt) return false;
    pauses.delete(model);
    if (pauses.size === 0) this.#subjects.delete(subject);
    return true;
  }

  clearAll(): void {
    this.#subjects.clear();
  }

  /** Whether anything at all is held against the subject. */
  isTroubled(subject: string, now: number): boolean {
    return [...(this.#subjects.get(subject)?.values() ?? [])].some(({ until }) => until > now);
  }

  /** Drops what has passed. */
  sweep(now: number): void {
    for (const [subject, pauses] of this.#subjects) {
      for (const [model, { until }] of pauses) if (until <= now) pauses.delete(model);
      if (pauses.size === 0) this.#subjects.delete(subject);
    }
  }
}

/** The oldest entry makes room. */
function put<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  if (map.size >= most && !map.has(key)) map.delete(map.keys().next().value!);
  map.set(key, value);
}
