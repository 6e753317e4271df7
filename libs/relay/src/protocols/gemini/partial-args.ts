import { arrayAt, isObject, type JsonObject, numberAt, textAt } from '../../json';

type Container = Record<string, unknown> | unknown[];

/**
 * Puts streamed arguments together: `partialArgs: [{jsonPath: '$.a[0].b', stringValue, willContinue}]`. A string goes on growing
 * under its path until a piece comes without `willContinue`. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling
 */
export class PartialArgs {
  private readonly root: Container = bare();
  /** The path whose string still grows. */
  private growing: string | undefined;

  add(call: JsonObject): void {
    if (isObject(call.args)) Object.assign(this.root, call.args);
    for (const piece of arrayAt(call, 'partialArgs')) if (isObject(piece)) this.apply(piece);
  }

  json(): string {
    return JSON.stringify(this.root);
  }

  private apply(piece: JsonObject): void {
    const path = textAt(piece, 'jsonPath') ?? '';
    const value = valueOf(piece);
    const steps = stepsOf(path);
    const last = steps.pop();
    if (value === undefined || last === undefined) return;
    const parent = this.parentOf(steps, last);
    if (!parent) return;
    const before = get(parent, last);
    const joined =
      this.growing === path && typeof before === 'string' && typeof value === 'string' ? before + value : value;
    set(parent, last, joined);
    this.growing = piece.willContinue === true ? path : undefined;
  }

  /** Walks down to the container of the last step and makes what is missing on the way. */
  private parentOf(steps: readonly Step[], last: Step): Container | undefined {
    let at: Container = this.root;
    for (const [depth, step] of steps.entries()) {
      const found = get(at, step);
      if (isContainer(found)) {
        at = found;
        continue;
      }
      const next: Container = typeof (steps[depth + 1] ?? last) === 'number' ? [] : bare();
      if (!set(at, step, next)) return undefined;
      at = next;
    }
    return at;
  }
}

type Step = string | number;

/** Keys are the model's: an object without a prototype holds any of them safely. */
const bare = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

const get = (container: Container, step: Step): unknown =>
  Object.hasOwn(container, step) ? (container as Record<Step, unknown>)[step] : undefined;

function set(container: Container, step: Step, value: unknown): boolean {
  if (!Array.isArray(container)) container[step] = value;
  // One after the other: a number alone reserves no room.
  else if (typeof step === 'number' && step <= container.length) container[step] = value;
  else return false;
  return true;
}

function valueOf(piece: JsonObject): unknown {
  const { boolValue } = piece;
  if (typeof boolValue === 'boolean') return boolValue;
  if ('nullValue' in piece) return null;
  return textAt(piece, 'stringValue') ?? numberAt(piece, 'numberValue');
}

/** RFC 9535 as far as it names one place: `.name`, `['name']`, `["name"]`, `[0]`. */
const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  step.lastIndex = path.startsWith('$') ? 1 : 0;
  for (let match = step.exec(path); match; match = step.exec(path)) {
    const [, name, index, single, double] = match;
    steps.push(index !== undefined ? Number(index) : (name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')));
    if (step.lastIndex >= path.length) return steps;
  }
  return [];
}
