/** Places beyond the plane of most characters are kept up to this many; later offsets are given up. */
const MAX_KEPT = 100_000;

/** Offsets in a growing text: Cohere counts characters, we count UTF-16 units. Only characters of two units are remembered. */
export class TextPlaces {
  private characters = 0;
  /** Which characters take two units, in order. */
  private readonly wide: number[] = [];
  private overflow = false;

  push(text: string): void {
    if (!/[\ud800-\udbff]/.test(text)) return void (this.characters += text.length);
    for (const character of text) {
      if (character.length > 1) this.keep();
      this.characters += 1;
    }
  }

  /** Undefined where there is no such place. */
  unitsAt(character: number | undefined): number | undefined {
    if (character === undefined || character < 0 || character > this.characters || this.overflow) return undefined;
    return character + this.wideBefore(character);
  }

  private keep(): void {
    if (this.wide.length < MAX_KEPT) this.wide.push(this.characters);
    else this.overflow = true;
  }

  private wideBefore(character: number): number {
    let [low, high] = [0, this.wide.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.wide[middle]! < character) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
