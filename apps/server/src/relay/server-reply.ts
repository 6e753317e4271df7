import type { ServerResponse } from 'node:http';
import type { Bytes, Ending, Reply } from '@app/relay';
import { ChunkWriter } from './chunk-writer';
import { type Answerable, sendBody } from './send';

/** Names what of the request the upstream's protocol has no words for. */
const DROPPED = 'x-oneapi-dropped';
const MAX_HEADER_LENGTH = 2_000;
/** Names the model that answers in the place of the one that was asked for. */
const SERVED = 'x-oneapi-model';
const notVisible = /[^\x20-\x7e]/g;

/** The server's response as the relay sees it. */
export class ServerReply implements Reply {
  isGone = false;
  private finished = false;
  private gone: (() => void)[] = [];
  /** Once the head of a chunked answer is on its way. */
  private chunks: ChunkWriter | null = null;

  private readonly res: ServerResponse;
  private readonly recorder: Answerable['recorder'];

  constructor(private readonly call: Answerable) {
    this.res = call.res;
    this.recorder = call.recorder;
    this.isGone = this.res.destroyed || this.res.closed;
    this.res.on('close', () => this.closed());
  }

  dropped(fields: readonly string[]): void {
    const { headers } = this.call;
    if (fields.length > 0) headers[DROPPED] = fields.join(', ').replaceAll(notVisible, '?').slice(0, MAX_HEADER_LENGTH);
    else delete headers[DROPPED];
  }

  served(model: string): void {
    this.call.headers[SERVED] = model.replaceAll(notVisible, '?').slice(0, MAX_HEADER_LENGTH);
  }

  begin(status: number, contentType: string): void {
    this.recorder?.begin(status, contentType);
    if (this.isGone) return;
    const { headers } = this.call;
    headers['content-type'] = contentType;
    headers['cache-control'] = 'no-cache';
    headers['x-accel-buffering'] = 'no';
    this.res.writeHead(status, headers);
  }

  write(chunk: Bytes): boolean {
    if (this.isGone || chunk.length === 0) return true;
    if (this.recorder) this.recorder.write(chunk);
    if (this.chunks) return this.chunks.write(chunk);
    const { res } = this;
    const flows = typeof chunk === 'string' ? res.write(chunk, 'latin1') : res.write(chunk);
    // Not before the head is out, nor while earlier answers of a pipelining caller are.
    if (flows && res.chunkedEncoding && res.socket) this.chunks = new ChunkWriter(res.socket);
    return flows;
  }

  onDrain(resume: () => void): void {
    if (this.chunks) this.chunks.onDrain(resume);
    else this.res.once('drain', resume);
  }

  onGone(listener: () => void): void {
    if (this.isGone) queueMicrotask(listener);
    else this.gone.push(listener);
  }

  /** The rest of a settled answer. */
  finish(ending: Ending): void {
    this.finished = true;
    if (this.isGone) return;
    this.chunks?.flush();
    if (ending.kind === 'tail') {
      this.recorder?.end(ending.bytes);
      this.res.end(ending.bytes);
    } else if (ending.kind === 'body') {
      sendBody(this.call, ending.status, ending.contentType, ending.body);
    } else this.res.destroy();
  }

  private closed(): void {
    if (this.finished || this.res.writableFinished) return;
    this.isGone = true;
    const listeners = this.gone;
    this.gone = [];
    for (const listener of listeners) listener();
  }
}
