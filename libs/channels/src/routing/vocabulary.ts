/**
 * Small integers for model names. Ten thousand channels share a few thousand names: each then holds 4 bytes a name instead of
 * a text, and counting them needs no hashing. Numbers are never reused; `size` only grows.
 */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];

  get size(): number {
    return this.#names.length;
  }

  /** The number of a name, a new one if it has none. */
  learn(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  name(id: number): string {
    return this.#names[id]!;
  }
}
