import type { Quirks } from '@app/providers';

/** Writes a request's fields under the names the upstream knows, and remembers what it cannot be told. */
export class RequestWriter {
  readonly body: Record<string, unknown> = {};
  /** Paths in the neutral request. */
  readonly dropped = new Set<string>();

  constructor(readonly quirks: Quirks) {}

  /** `field`: OpenAI's name; `path`: what is dropped where the upstream refuses it. */
  set(field: string, value: unknown, path: string): void {
    if (value === undefined) return;
    const name = this.nameOf(field);
    if (name === null) this.dropped.add(path);
    else this.body[name] = value;
  }

  takes(field: string): boolean {
    return this.nameOf(field) !== null;
  }

  private nameOf(field: string): string | null {
    const { fields } = this.quirks;
    return Object.hasOwn(fields, field) ? (fields[field] ?? null) : field;
  }
}
