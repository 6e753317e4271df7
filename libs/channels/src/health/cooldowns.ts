export interface Pause {
  readonly since: number;
  readonly until: number;
  /** The upstream itself named the time (or refuses the credential): nobody asks before, not even as a last resort. */
  readonly binding?: boolean;
  /** How many there have been in a row, 1 for the first. One that has a level is remembered for a while when it has passed. */
  readonly level?: number;
  /** Once it has passed, a single call tries whether all is well; see `claim`. */
  readonly halfOpen?: boolean;
  /** A word for operators. */
  readonly reason?: string;
}

interface HeldPause extends Pause {
  /** Until when a single call that tries may take; 0: none does. */
  probeBy: number;
}

/** Stands for every model. */
export const anyModel = '*';

const mostSubjects = 50_000;
const mostModels = 1_000;
/** A trouble that comes back within this time is the same one. */
const rememberedMs = 600_000;
/** A call that tries and says nothing for so long makes room for another. */
const probeMs = 120_000;

/**
 * Which credentials and channels are left alone, for which upstream model, until when. A subject is a credential's or a
 * channel's id. Vendors count limits per model, so a pause holds for one model unless it says `anyModel`.
 */
export class Cooldowns {
  readonly #subjects = new Map<string, Map<string, HeldPause>>();

  isCooling(subject: string, model: string, now: number): boolean {
    return this.until(subject, model) > now;
  }

  /** When the subject may be used again for the model, in the past where it may; 0: nothing is known against it. */
  until(subject: string, model: string): number {
    if (this.#subjects.size === 0) return 0;
    const pauses = this.#subjects.get(subject);
    if (!pauses) return 0;
    return Math.max(endOf(pauses.get(model)), endOf(pauses.get(anyModel)));
  }

  /** Whether a pause that is running may not be cut short. */
  isBound(subject: string, model: string, now: number): boolean {
    const pauses = this.#subjects.get(subject);
    return [pauses?.get(model), pauses?.get(anyModel)].some((pause) => pause?.binding === true && pause.until > now);
  }

  /** The pause that runs, or the last one while it is remembered. */
  last(subject: string, model: string): Pause | undefined {
    return this.#subjects.get(subject)?.get(model);
  }

  /** The later end wins. False when the subject was to rest as long already, give or take a second. */
  cool(subject: string, model: string, pause: Pause): boolean {
    const pauses = this.#subjects.get(subject) ?? new Map<string, HeldPause>();
    const before = pauses.get(model);
    if (before && before.until >= pause.until - 1000) return false;
    put(pauses, model, { ...pause, probeBy: 0 }, mostModels);
    put(this.#subjects, subject, pauses, mostSubjects);
    return true;
  }

  /** True for the one call that may try whether a pause which has passed was enough; the others go on as if it ran. */
  claim(subject: string, model: string, now: number): boolean {
    if (this.#subjects.size === 0) return false;
    const pause = this.#subjects.get(subject)?.get(model);
    if (!pause?.halfOpen || pause.until > now || pause.probeBy > now) return false;
    pause.probeBy = now + probeMs;
    return true;
  }

  /** Somebody else's call tries; `by`: 0: it is over and has told nothing. */
  probing(subject: string, model: string, by: number): void {
    const pause = this.#subjects.get(subject)?.get(model);
    if (pause) pause.probeBy = by;
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
    return this.of(subject, now).length > 0;
  }

  /** What is held against the subject: pauses that run, and those that one call is trying to end. */
  of(subject: string, now: number): { readonly model: string; readonly pause: Pause; readonly probing: boolean }[] {
    return [...(this.#subjects.get(subject) ?? [])]
      .filter(([, pause]) => endOf(pause) > now)
      .map(([model, pause]) => ({ model, pause, probing: pause.until <= now }));
  }

  /** Drops what has passed and need not be remembered. */
  sweep(now: number): void {
    for (const [subject, pauses] of this.#subjects) {
      for (const [model, pause] of pauses)
        if (endOf(pause) + (pause.level ? rememberedMs : 0) <= now) pauses.delete(model);
      if (pauses.size === 0) this.#subjects.delete(subject);
    }
  }
}

const endOf = (pause: HeldPause | undefined): number => (pause ? Math.max(pause.until, pause.probeBy) : 0);

/** The oldest entry makes room. */
function put<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  if (map.size >= most && !map.has(key)) map.delete(map.keys().next().value!);
  map.set(key, value);
}
