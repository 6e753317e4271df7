// @ts-check
/**
 * The requests the simulator saw, newest last, and what became of them: the witness of every test about what went upstream.
 *
 * @typedef {object} Entry
 * @property {number} id counts up from 1
 * @property {number} receivedAt epoch milliseconds
 * @property {string} method
 * @property {string} path with its query
 * @property {Record<string, string | string[] | undefined>} headers
 * @property {string | null} credential
 * @property {string | null} model
 * @property {boolean} stream
 * @property {string} body at most 256 KiB of it
 * @property {number} bodyBytes
 * @property {readonly import('./form.mjs').FormFile[]} files of a form
 * @property {number | null} status
 * @property {string} sent the answer's text as written, before compression; at most 256 KiB of it
 * @property {number} chunks content chunks written
 * @property {number | null} endedAt when the answer was complete
 * @property {number | null} abortedAt when the caller closed the connection before that
 * @property {number | null} closeCode of a WebSocket
 */

export const KEPT_TEXT = 256 * 1024;

export class RequestLog {
  /** @param {number} limit entries kept; the oldest go first */
  constructor(limit) {
    this.limit = limit;
    this.count = 0;
    /** @type {Entry[]} */
    this.entries = [];
  }

  /**
   * @param {Pick<Entry, 'method' | 'path' | 'headers'>} seen
   * @returns {Entry}
   */
  open(seen) {
    /** @type {Entry} */
    const entry = {
      ...seen,
      id: ++this.count,
      receivedAt: Date.now(),
      credential: null,
      model: null,
      stream: false,
      body: '',
      bodyBytes: 0,
      files: [],
      status: null,
      sent: '',
      chunks: 0,
      endedAt: null,
      abortedAt: null,
      closeCode: null,
    };
    this.entries.push(entry);
    if (this.entries.length > this.limit) this.entries.shift();
    return entry;
  }

  clear() {
    this.entries = [];
  }
}
