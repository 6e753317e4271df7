import type { JsonObject } from '../../json';
import type { DeltaEvent } from './delta-event';
import { itemId } from './ids';

/** An item of the output, as far as it has grown. */
export interface Item {
  readonly id: string;
  readonly type: string;
  status?: string;
  [field: string]: unknown;
}

/** Takes the events that tell of an answer while it is written. */
export interface EventSink {
  /** An event's `type` and its other fields, apart from the number. */
  emit(this: void, type: string, fields: JsonObject): void;
  grow(this: void, event: DeltaEvent, text: string): void;
}

/** The output of a response while it is written: items in their order, and the events that tell of them. */
export class Output {
  readonly items: Item[] = [];
  /** Items that are complete, but not yet said to be: whether the answer was cut in them shows only at its end. */
  private readonly complete: number[] = [];

  readonly emit: EventSink['emit'];
  readonly grow: EventSink['grow'];

  constructor(
    private readonly seed: string,
    { emit, grow }: EventSink,
  ) {
    this.emit = emit;
    this.grow = grow;
  }

  /** Adds an item; `done` follows when another one begins after its `end`. */
  add(type: string, fields: JsonObject, id?: string): { readonly index: number; readonly item: Item } {
    this.tellDone();
    const index = this.items.length;
    const item: Item = { id: id ?? itemId(type, this.seed, index), type, ...fields };
    this.items.push(item);
    this.emit('response.output_item.added', { output_index: index, item });
    return { index, item };
  }

  /** Adds an item that is complete at once. */
  addWhole(type: string, fields: JsonObject, id?: string): void {
    const { index } = this.add(type, fields, id);
    this.complete.push(index);
  }

  end(index: number): void {
    this.complete.push(index);
  }

  /** The answer is over; one that was cut was cut in its last item. */
  close(isCut: boolean): void {
    const last = this.items.at(-1);
    if (isCut && last && cuttable.has(last.type)) last.status = 'incomplete';
    this.tellDone();
  }

  /** The answer failed: what was being written stays as it is. */
  abandon(): void {
    for (const item of this.items) if (item.status === 'in_progress') item.status = 'incomplete';
  }

  private tellDone(): void {
    for (const index of this.complete.splice(0)) {
      const item = this.items[index];
      if (item?.status === 'in_progress') item.status = 'completed';
      this.emit('response.output_item.done', { output_index: index, item });
    }
  }
}

const cuttable: ReadonlySet<string> = new Set(['message', 'function_call', 'custom_tool_call', 'reasoning']);
