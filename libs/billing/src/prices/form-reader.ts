import type { FieldError } from '@app/core';

export type Json = Readonly<Record<string, unknown>>;

/** One member: what it is, or undefined once it has been refused. */
export type Read = (value: unknown, path: string, form: FormReader) => unknown;

/** More than anybody corrects at once. */
const MOST_ERRORS = 100;

/** Reads JSON of an expected shape and notes every member that is not; members it does not know are refused too. */
export class FormReader {
  readonly errors: FieldError[] = [];

  refuse(path: string, message: string): undefined {
    if (this.errors.length < MOST_ERRORS) this.errors.push({ path, message });
    return undefined;
  }

  object(value: unknown, path: string, members: Readonly<Record<string, Read>>, required: readonly string[] = []) {
    if (!isPlain(value)) return this.refuse(path, 'must be an object');
    const read: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const at = `${path}.${name}`;
      const reader = Object.hasOwn(members, name) ? members[name] : undefined;
      if (reader) read[name] = reader(member, at, this);
      else this.refuse(at, 'is not known here');
    }
    for (const name of required) if (read[name] === undefined) this.missing(value, path, name);
    return read as Json;
  }

  list(value: unknown, path: string, most: number, one: (value: unknown, path: string) => unknown) {
    if (!Array.isArray(value) || value.length > most) return this.refuse(path, `must be a list of at most ${most}`);
    return value.map((item, index) => one(item, `${path}.${index}`));
  }

  record(value: unknown, path: string, most: number, names: RegExp, one: Read) {
    if (!isPlain(value) || Object.keys(value).length > most)
      return this.refuse(path, `must be an object of at most ${most} names`);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const at = `${path}.${name}`;
        return [name, names.test(name) ? one(item, at, this) : this.refuse(at, 'is no such name')];
      }),
    );
  }

  private missing(value: Json, path: string, name: string): void {
    // One that was there and wrong has been told of already.
    if (value[name] === undefined) this.refuse(`${path}.${name}`, 'is required');
  }
}

const isPlain = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
