/** Texts beyond ASCII are kept up to this many UTF-16 units to find places in them; later offsets are given up. */
const MAX_KEPT = 1024 * 1024;

/**
 * Measures a growing text in bytes of UTF-8 (Gemini's offsets) and in UTF-16 units (ours). As long as the text is plain ASCII both
 * are the same and nothing is kept.
 */
export class TextMeter {
  units = 0;
  bytes = 0;
  /** Length of the part before the first character beyond ASCII. */
  private plain = 0;
  private kept: string[] | null = null;
  private overflow = false;
  private joined: Buffer | null = null;

  push(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.kept === null) {
      if (bytes === text.length) this.plain += bytes;
      else this.kept = [];
    }
    if (this.kept !== null) this.keep(text);
    this.units += text.length;
    this.bytes += bytes;
  }

  private keep(text: string): void {
    this.joined = null;
    if (this.overflow || this.units - this.plain + text.length > MAX_KEPT) {
      this.overflow = true;
      return;
    }
    this.kept?.push(text);
  }

  /** Undefined where there is no such place. */
  unitsAt(byte: number): number | undefined {
    if (byte < 0 || byte > this.bytes) return undefined;
    if (byte <= this.plain) return byte;
    const rest = this.rest();
    if (byte - this.plain > rest.length) return undefined;
    return this.plain + rest.toString('utf8', 0, byte - this.plain).length;
  }

  bytesAt(unit: number): number | undefined {
    if (unit < 0 || unit > this.units) return undefined;
    if (unit <= this.plain) return unit;
    const rest = this.rest().toString('utf8');
    if (unit - this.plain > rest.length) return undefined;
    return this.plain + Buffer.byteLength(rest.slice(0, unit - this.plain));
  }

  private rest(): Buffer {
    this.joined ??= Buffer.from((this.kept ?? []).join(''), 'utf8');
    return this.joined;
  }
}
