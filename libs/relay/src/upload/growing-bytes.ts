const FIRST_BYTES = 4 * 1024;

/** Bytes in one piece, however small the pieces they come in: thousands of tiny ones would weigh a hundred times as much. */
export class GrowingBytes {
  length = 0;
  private buffer = Buffer.alloc(0);

  append(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (needed > this.buffer.length) this.grow(needed);
    bytes.copy(this.buffer, this.length);
    this.length = needed;
  }

  /** What has been appended, without a copy. */
  get all(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2, FIRST_BYTES));
    this.all.copy(larger);
    this.buffer = larger;
  }
}
