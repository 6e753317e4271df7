import type { ServerResponse } from 'node:http';
import type { Ending, Reply } from '@app/relay';
import { type Answerable, sendBody } from './send';

/** Names what of the request the upstream's protocol has no words for. */
const DROPPED = 'x-oneapi-dropped';
const MAX_HEADER_LENGTH = 2_000;
const notVisible = /[^\x20-\x7e]/g;

/** The server's response as the relay sees it. */
export class ServerReply implements Reply {
  isGone = false;
  private finished = false;
  private gone: (() => void)[] = [];

  private readonly res: ServerResponse;

  constructor(private readonly call: Answerable) {
    this.res = call.res;
    this.isGone = this.res.destroyed || this.res.closed;
    this.res.on('close', () => this.closed());
  }

  dropped(fields: readonly string[]): void {
    const { headers } = this.call;
    if (fields.length > 0) headers[DROPPED] = fields.join(', ').replaceAll(notVisible, '?').slice(0, MAX_HEADER_LENGTH);
    else delete headers[DROPPED];
  }

  begin(status: number, contentType: string): void {
    if (this.isGone) return;
    const { headers } = this.call;
    headers['content-type'] = contentType;
    headers['cache-control'] = 'no-cache';
    headers['x-accel-buffering'] = 'no';
    this.res.writeHead(status, headers);
  }

  write(chunk: Buffer): boolean {
    return this.isGone || this.res.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.res.once('drain', resume);
  }

  onGone(listener: () => void): void {
    if (this.isGone) queueMicrotask(listener);
    else this.gone.push(listener);
  }

  /** The rest of a settled answer. */
  finish(ending: Ending): void {
    this.finished = true;
    if (this.isGone) return;
    if (ending.kind === 'tail') this.res.end(ending.bytes);
    else if (ending.kind === 'body') {
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
