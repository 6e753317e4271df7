import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
const pool = Buffer.alloc(ID_BYTES * 256);
let used = pool.length;

/** Random bytes for one id; fetched for many at a time, because asking the system costs more than the rest of an id. */
function random(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.subarray(used - ID_BYTES, used);
}

let lastMs = 0;
let sequence = 0;

/** What the next id is made of: random bytes, the time, and a counter that keeps one process's ids in order. */
function next() {
  const bytes = random();
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = bytes.readUInt32BE(6) >>> 1; // 31 bits: two thousand million ids until it would start over
  } else sequence += 1;
  return { random: bytes, msecs: lastMs, seq: sequence };
}

/**
 * A time-ordered UUID (version 7): primary keys sort by creation and index well on every database. The ids of one process
 * sort in the order they were made, also within a millisecond and when the clock steps back.
 */
export const newId = (): string => v7(next());

const scratch = Buffer.alloc(ID_BYTES);

/** The id of one data-plane call, as seen in `x-request-id`, logs, ledger and journal. */
export const newRequestId = (): string => `req_${v7(next(), scratch).toString('hex')}`;
