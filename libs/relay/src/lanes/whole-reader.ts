import type { JsonObject } from '../json';
import { type AnswerReader, noFacts, type WholeAnswer } from './lane';

/** Reads answers that only come in one piece: whatever streams instead is none. */
export class WholeReader implements AnswerReader {
  readonly facts = noFacts;
  readonly isComplete = false;

  constructor(private readonly look: (answer: JsonObject) => WholeAnswer) {}

  whole(_bytes: Buffer, answer: JsonObject): WholeAnswer {
    return this.look(answer);
  }

  push(): void {}

  close(): void {}

  tail(): Buffer {
    return Buffer.alloc(0);
  }

  broken(): null {
    return null;
  }
}
