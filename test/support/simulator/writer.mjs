// @ts-check
import { setImmediate } from 'node:timers';
import { constants, createGzip } from 'node:zlib';
import { KEPT_TEXT } from './request-log.mjs';

/**
 * Writes one answer as its script wants it on the wire (compressed, in odd pieces, cut off) and keeps a copy of what was said.
 */
export class Writer {
  /**
   * @param {import('node:http').ServerResponse} res
   * @param {import('./request-log.mjs').Entry} entry
   * @param {Pick<import('./script.mjs').Script, 'gzip' | 'splitBytes' | 'contentType'>} manner
   */
  constructor(res, entry, manner) {
    this.res = res;
    this.entry = entry;
    this.manner = manner;
    /** Aborted when the caller closes the connection, or the answer is over. */
    this.closed = new AbortController();
    /** Continues the write under way. */
    this.resume = () => {};
    const close = () => (this.closed.abort(), this.resume());
    res.once('close', close).on('error', close);
  }

  get gone() {
    return this.closed.signal.aborted;
  }

  /**
   * @param {number} status
   * @param {Record<string, string>} headers
   */
  head(status, headers) {
    this.entry.status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (name !== 'content-type' || this.manner.contentType) this.res.setHeader(name, value);
    }
    if (this.manner.gzip) this.startGzip();
    this.res.writeHead(status);
    this.res.flushHeaders();
  }

  startGzip() {
    this.res.removeHeader('content-length');
    this.res.setHeader('content-encoding', 'gzip');
    this.gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    this.gzip.pipe(this.res);
  }

  /**
   * Resolves when the bytes are with the operating system, so that a slow reader slows the simulator.
   * @param {string | Buffer} text
   */
  async write(text) {
    if (this.gone) return;
    if (this.entry.sent.length < KEPT_TEXT)
      this.entry.sent += text.toString('latin1').slice(0, KEPT_TEXT - this.entry.sent.length);
    const bytes = Buffer.from(text);
    const size = this.manner.splitBytes || bytes.length;
    for (let at = 0; at < bytes.length && !this.gone; at += size) {
      await this.writeBytes(bytes.subarray(at, at + size));
      if (size < bytes.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /**
   * @param {Buffer} bytes
   * @returns {Promise<void>}
   */
  writeBytes(bytes) {
    const target = this.gzip ?? this.res;
    return new Promise((resolve) => {
      this.resume = resolve;
      if (this.gone) return resolve();
      target.write(bytes, () => resolve());
    });
  }

  end() {
    (this.gzip ?? this.res).end();
  }

  /** Breaks the connection as a dying upstream does: what was written still arrives. */
  cut() {
    setImmediate(() => this.res.destroy());
  }
}
