import { numberAt } from '../json';

/** One of an event's answers: its number, and whether the event ends it. */
export interface Choice {
  readonly index: number;
  readonly ended: boolean;
}

/** What nearly every event tells of its answers: the first one goes on, or has ended. */
const goesOn: readonly Choice[] = [{ index: 0, ended: false }];
const hasEnded: readonly Choice[] = [{ index: 0, ended: true }];

/** Of the choices (candidates) of one event; who leaves out the index means the place. */
export function choicesOf(choices: readonly unknown[], isEnd: (choice: unknown) => boolean): readonly Choice[] {
  if (choices.length === 1 && indexOf(choices[0], 0) === 0) return isEnd(choices[0]) ? hasEnded : goesOn;
  return choices.map((choice, place) => ({ index: indexOf(choice, place), ended: isEnd(choice) }));
}

const indexOf = (choice: unknown, place: number): number => numberAt(choice, 'index') ?? place;

/** More are not told apart: numbers are the upstream's. */
const MAX_CHOICES = 1024;

/** Which answers of a stream have begun and not ended. */
export class OpenChoices {
  private readonly ended = new Map<number, boolean>();
  private last: readonly Choice[] | undefined;

  /** All that began have ended. */
  get areEnded(): boolean {
    for (const ended of this.ended.values()) if (!ended) return false;
    return true;
  }

  note(choices: readonly Choice[]): void {
    if (choices === this.last) return;
    this.last = choices;
    for (const { index, ended } of choices) {
      const known = this.ended.get(index);
      if (known === undefined && this.ended.size >= MAX_CHOICES) continue;
      // Some servers go on after the reason.
      this.ended.set(index, ended || known === true);
    }
  }
}
