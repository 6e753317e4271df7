import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { inRoot } from './paths.mjs';
import { mustRun } from './process.mjs';

const marker = inRoot('node_modules/.installed');

/**
 * Installs what package-lock.json says, unless exactly that is there, compiled for this Node.
 * @param onStart is told the process id of npm, if it is needed
 */
export async function install(onStart) {
  const wanted = installation();
  if (readIfThere(marker) === wanted) return;
  if (!installedByHand()) await cleanInstall(onStart);
  writeFileSync(marker, wanted);
}

export const isInstalled = () => readIfThere(marker) === installation();

/** Native modules fit one ABI on one platform: another Node, or a checkout carried to another machine, installs anew. */
function installation() {
  const lock = readFileSync(inRoot('package-lock.json'));
  const platform = `${process.platform}-${process.arch}-${process.versions.modules}`;
  return `${createHash('sha256').update(lock).digest('hex')} ${platform}`;
}

/** After `npm install something` npm's own record already agrees with the lock: nothing is left to do. */
function installedByHand() {
  const record = readIfThere(inRoot('node_modules/.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const agrees = ([path, { version, optional, peer }]) =>
    path === '' || installed[path]?.version === version || (installed[path] === undefined && (optional || peer));
  const leftOver = Object.keys(installed).some((path) => wanted[path] === undefined);
  return !leftOver && Object.entries(wanted).every(agrees) && nativeModuleLoads();
}

function nativeModuleLoads() {
  try {
    const Database = createRequire(import.meta.url)('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

async function cleanInstall(onStart) {
  const reason = existsSync(marker) ? 'the lock file or Node changed' : 'first start; takes about three minutes';
  console.log(`Installing packages (${reason}) …`);
  rmSync(marker, { force: true });
  // Build tools are needed even where the environment says production; the SQLite driver compiles on every core.
  const env = { ...process.env, NODE_ENV: '', JOBS: process.env.JOBS ?? 'max' };
  const [command, ...prefix] = npm();
  await mustRun('npm ci', command, [...prefix, 'ci', '--include=dev', '--no-audit', '--no-fund'], { env, onStart });
}

/** The npm that started us, so that a version manager's choice holds; else the one on the PATH. */
function npm() {
  const path = process.env.npm_execpath;
  return path !== undefined && basename(path).startsWith('npm') ? [process.execPath, path] : ['npm'];
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
