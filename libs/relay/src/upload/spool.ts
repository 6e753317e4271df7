import type { FileHandle } from 'node:fs/promises';
import type { Span } from './form-fields';
import { GrowingBytes } from './growing-bytes';

/** So much of an upload stays in memory; most requests never touch the disk. */
const MEMORY_BYTES = 256 * 1024;
const READ_BYTES = 64 * 1024;

/** Where a spool gets its file, and room for its bytes. */
export interface Disk {
  /** A nameless file of its own. */
  open(): Promise<FileHandle>;
  /** Throws RelayError where there is no room for so many bytes more. */
  reserve(bytes: number): void;
  release(bytes: number): void;
}

/** An upload's bytes, kept until its call is over: the first in memory, the rest on disk. Read from any place, any number of times. */
export class Spool {
  size = 0;
  private memory = new GrowingBytes();
  private file: FileHandle | null = null;
  private onDisk = 0;
  private reserved = 0;

  constructor(private readonly disk: Disk) {}

  async write(chunk: Buffer): Promise<void> {
    const inMemory = Math.min(chunk.length, MEMORY_BYTES - this.memory.length);
    if (inMemory > 0) this.memory.append(chunk.subarray(0, inMemory));
    if (inMemory < chunk.length) await this.writeToDisk(chunk.subarray(inMemory));
    this.size += chunk.length;
  }

  /** The bytes of a span, piece by piece. */
  async *read({ start, end }: Span): AsyncGenerator<Buffer> {
    const inMemory = this.memory.length;
    const first = this.memory.all.subarray(start, end);
    if (first.length > 0) yield first;
    for (let from = Math.max(start, inMemory); from < end && this.file;) {
      const length = Math.min(READ_BYTES, end - from);
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(length), 0, length, from - inMemory);
      if (bytesRead === 0) throw new Error('the uploaded bytes are no longer there');
      yield buffer.subarray(0, bytesRead);
      from += bytesRead;
    }
  }

  async discard(): Promise<void> {
    const { file } = this;
    this.file = null;
    this.memory = new GrowingBytes();
    this.disk.release(this.reserved);
    this.reserved = 0;
    await file?.close();
  }

  private async writeToDisk(bytes: Buffer): Promise<void> {
    this.disk.reserve(bytes.length);
    this.reserved += bytes.length;
    this.file ??= await this.disk.open();
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, this.onDisk);
      done += bytesWritten;
      this.onDisk += bytesWritten;
    }
  }
}
