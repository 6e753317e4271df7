// @ts-check
/** What the operating system says about another process. Linux: the figures come from /proc. */
import { readFileSync, readdirSync } from 'node:fs';

/**
 * User and system time of all threads alive, in microseconds. schedstat counts nanoseconds; stat only 10 ms ticks.
 * @param {number} pid
 */
export function cpuMicros(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + threadNanos(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1_000;
}

/** @param {string} path */
function threadNanos(path) {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[0]);
  } catch {
    return 0; // the thread ended between the listing and the look
  }
}

/**
 * Resident memory now, and the most it ever was, in MB.
 * @param {number} pid
 */
export function memoryMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { now: kilobytes('VmRSS') / 1024, peak: kilobytes('VmHWM') / 1024 };
}
