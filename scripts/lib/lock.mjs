import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './paths.mjs';

const lockFile = inRoot('.bootstrap.lock');
const heartbeatMs = 2_000;
/**
 * A holder that has not stirred for so long is gone, even if its process id belongs to somebody again. Longer than an
 * installation whose starter was killed takes to end.
 */
const silentMs = 300_000;

/**
 * Runs `work` while no other command installs or builds in this checkout. `work` is given `share`: the process it names
 * keeps the lock alive should this one be killed before it.
 */
export async function withLock(work) {
  const own = `${hostname()} ${process.pid}`;
  await acquire(own);
  const heartbeat = setInterval(() => beat(), heartbeatMs);
  const release = () => isHeldBy(own) && rmSync(lockFile, { force: true });
  const share = (pid) => isHeldBy(own) && replaceHolder(`${own} ${pid}`);
  process.once('exit', release);
  try {
    return await work(share);
  } finally {
    clearInterval(heartbeat);
    process.removeListener('exit', release);
    release();
  }
}

async function acquire(own) {
  for (let told = false; !tryAcquire(own);) {
    const holder = readHolder();
    if (holder === undefined) continue;
    if (isGone(holder)) {
      takeAway(holder);
      continue;
    }
    if (!told) console.log(`Waiting for another command that installs or builds here (${described(holder)}).`);
    told = true;
    await sleep(200);
  }
}

function described(holder) {
  const [host, pid] = holder.split(' ');
  return `process ${pid} on ${host}; if there is none, delete .bootstrap.lock`;
}

/** The file appears under its name with its content already in it, or not at all. */
function tryAcquire(own) {
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder() {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const isHeldBy = (own) => `${readHolder()} `.startsWith(`${own} `);

function replaceHolder(holder) {
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, holder);
  renameSync(draft, lockFile);
}

function isGone(holder) {
  const [host, ...pids] = holder.split(' ');
  const lives = (pid) => Number(pid) !== process.pid && isAlive(Number(pid));
  return (host === hostname() && !pids.some(lives)) || isSilent();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isSilent() {
  try {
    return Date.now() - statSync(lockFile).mtimeMs > silentMs;
  } catch {
    return false;
  }
}

/** Moves the dead lock aside. Another command may have replaced it in between: then its lock is put back. */
function takeAway(holder) {
  const aside = `${lockFile}.stale.${process.pid}`;
  try {
    renameSync(lockFile, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function beat() {
  try {
    const now = new Date();
    utimesSync(lockFile, now, now);
  } catch {
    // Removed by hand: the work goes on, only its protection is gone.
  }
}
