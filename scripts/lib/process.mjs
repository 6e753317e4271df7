import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

/** The children now running, each the head of a process group of its own. */
const running = new Set();
const killAfterMs = 5_000;
let ending = false;

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  // The children's groups hear of it, and are gone before this process is: nobody is to meet them half-way.
  process.once(signal, async () => {
    ending = true;
    await Promise.all([...running].map(endGroup));
    process.exit(code);
  });
}

/**
 * Starts a program in a process group of its own.
 * @param options.onStart is told the child's process id
 * @returns {{ended: Promise<{code: number}>, end: () => Promise<void>}} code 0 is success; a signal gives 128
 */
export function start(command, args, { env = process.env, stdio = 'inherit', onStart } = {}) {
  const child = spawn(command, args, { cwd: root, env, stdio, detached: true });
  running.add(child);
  onStart?.(child.pid);
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => (running.delete(child), reject(error)));
    child.once('exit', (code) => (running.delete(child), ending || resolve({ code: code ?? 128 })));
  });
  return { ended, end: () => endGroup(child) };
}

/**
 * Runs a program and waits for its end.
 * @param options as of `start`, and timeoutMs: after which it is ended
 * @returns {Promise<{code: number, timedOut: boolean}>}
 */
export async function run(command, args, { timeoutMs = 0, ...options } = {}) {
  const program = start(command, args, options);
  let timedOut = false;
  const timer = timeoutMs && setTimeout(() => ((timedOut = true), program.end()), timeoutMs);
  try {
    const { code } = await program.ended;
    return { code, timedOut };
  } finally {
    clearTimeout(timer);
  }
}

/** As `run`, and a failure is an error. */
export async function mustRun(what, command, args, options) {
  const { code } = await run(command, args, options);
  if (code !== 0) throw new Error(`${what} failed (exit code ${code}); the reason is printed above.`);
}

async function endGroup(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  await Promise.race([ended, sleep(killAfterMs, undefined, { ref: false })]);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
