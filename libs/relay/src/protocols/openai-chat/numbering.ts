import { madeUpId } from './call-id';

/** Numbers that all choices of one answer share. */
export class Numbering {
  /** What made-up ids are made from: the answer's own id, or whatever else tells it from others. */
  seed = '';
  private blocks = 0;
  private calls = 0;

  block(): number {
    return this.blocks++;
  }

  callId(): string {
    return madeUpId(this.seed, this.calls++);
  }
}

export type Emit<T> = (part: T) => void;
