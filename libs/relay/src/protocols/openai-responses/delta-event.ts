import type { JsonObject } from '../../json';

/**
 * The event that most of a stream consists of: one more piece of text at a place. All but number and text is written when the place
 * begins, for making an object of every piece costs more than all the rest of its translation.
 */
export class DeltaEvent {
  private readonly head: string;
  private readonly place: string;
  private readonly tail: string;

  /** `after`: members behind the text. */
  constructor(type: string, place: JsonObject, after: JsonObject = {}) {
    this.head = `event: ${type}\ndata: {"type":"${type}","sequence_number":`;
    this.place = `,${members(place)},"delta":`;
    const rest = members(after);
    this.tail = rest === '' ? '}\n\n' : `,${rest}}\n\n`;
  }

  frame(number: number, delta: string): string {
    return `${this.head}${number}${this.place}${JSON.stringify(delta)}${this.tail}`;
  }
}

/** An object's members without its braces. */
const members = (object: JsonObject): string => JSON.stringify(object).slice(1, -1);
