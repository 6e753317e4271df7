import { createHash } from 'node:crypto';
import { wrapFreeText } from '../../chat/free-text';
import type { ToolCallBlock } from '../../chat/blocks';
import { isObject, type JsonObject, parseJson } from '../../json';

const MADE_UP = /^call_[0-9a-f]{12}_g\d+$/;

/** An id for a call that Gemini gave none. The same call always gets the same id. */
export const madeUpId = (seed: string, number: number): string =>
  `call_${createHash('sha256').update(`${seed}|${number}`).digest('hex').slice(0, 12)}_g${number}`;

/** Ids of ours mean nothing to Gemini: there calls and results find each other by name and order. */
export const isMadeUp = (id: string): boolean => MADE_UP.test(id);

interface Call {
  readonly id: string;
  readonly name: string;
  answered: boolean;
}

/** Calls in their order, from which each is taken once. */
class Queue {
  private readonly calls: Call[] = [];
  private at = 0;

  add(call: Call): void {
    this.calls.push(call);
  }

  next(): Call | undefined {
    while (this.calls[this.at]?.answered) this.at += 1;
    return this.calls[this.at];
  }
}

/** The function calls of a conversation, and which of them still wait for their result. */
export class Calls {
  private count = 0;
  private readonly all = new Queue();
  private readonly byName = new Map<string, Queue>();
  private readonly byId = new Map<string, Call>();

  /** A call, with its id or with one made up. */
  made(name: string, id: string | undefined): string {
    const call = { name, id: id || madeUpId(name, this.count), answered: false };
    this.count += 1;
    this.all.add(call);
    this.byId.set(call.id, call);
    const named = this.byName.get(name) ?? new Queue();
    this.byName.set(name, named);
    named.add(call);
    return call.id;
  }

  /** Which call a result answers: the one of its id, else the first of its name; one that says neither answers the first at all. */
  answered(name: string | undefined, id: string | undefined): { readonly callId: string; readonly name?: string } {
    const call = this.find(name, id);
    if (call) call.answered = true;
    // An id that only the result has would leave the pair apart.
    const callId = call?.id ?? (id || madeUpId(name ?? '', this.count));
    const known = name || call?.name;
    return known ? { callId, name: known } : { callId };
  }

  private find(name: string | undefined, id: string | undefined): Call | undefined {
    const call = id ? this.byId.get(id) : undefined;
    if (call && !call.answered) return call;
    if (name) return this.byName.get(name)?.next();
    return id ? undefined : this.all.next();
  }
}

/** The arguments of a call as Gemini wants them: an object. Undefined when the input is none, because it was cut off. */
export function argsOf({ type, input }: Pick<ToolCallBlock, 'type' | 'input'>): JsonObject | undefined {
  const text = type === 'custom' ? wrapFreeText(input) : input;
  const args = text.trim() === '' ? {} : parseJson(text);
  return isObject(args) ? args : undefined;
}
