import type { Socket } from 'node:net';
import type { Bytes } from '@app/relay';

/** Up to here a copy is cheaper than another piece. */
const ONE_TEXT_BYTES = 16 * 1024;
/** So much is not kept back until the end of the tick. */
const MAX_WAITING = 64 * 1024;

/**
 * Writes a chunked answer to its connection. ServerResponse would hand every chunk to the socket in four pieces, which costs more
 * than all that the gateway does with it. Here, whatever one tick brings (the events of one read from the upstream) becomes one
 * chunk and one write. https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export class ChunkWriter {
  /** Latin1: one character per byte. */
  private waiting = '';

  constructor(private readonly socket: Socket) {}

  /** False: hold back until the socket drains. */
  write(chunk: Bytes): boolean {
    if (typeof chunk !== 'string' && chunk.length > ONE_TEXT_BYTES) return this.writeLarge(chunk);
    if (this.waiting === '') process.nextTick(this.flush);
    this.waiting += typeof chunk === 'string' ? chunk : chunk.toString('latin1');
    if (this.waiting.length > MAX_WAITING) this.flush();
    return !this.socket.writableNeedDrain;
  }

  onDrain(resume: () => void): void {
    this.socket.once('drain', resume);
  }

  /** Writes what waits for the end of the tick; to be called before anything else is written to the connection. */
  readonly flush = (): void => {
    const { waiting, socket } = this;
    if (waiting === '') return;
    this.waiting = '';
    if (socket.writable) socket.write(`${waiting.length.toString(16)}\r\n${waiting}\r\n`, 'latin1');
  };

  private writeLarge(chunk: Buffer): boolean {
    this.flush();
    const { socket } = this;
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    socket.write(chunk);
    const flows = socket.write('\r\n', 'latin1');
    socket.uncork();
    return flows;
  }
}
