import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Env, isMasterKey } from '../env';

const KEY_BYTES = 32;

export const masterKeyFile = (dataDir: string): string => join(dataDir, 'master.key');

/** A fresh master key in the spelling of MASTER_KEY. */
export const newMasterKey = (): string => randomBytes(KEY_BYTES).toString('base64');

type KeyEnv = Pick<Env, 'masterKey' | 'dataDir'>;

/** The master keys, current one first: from MASTER_KEY, else from DATA_DIR/master.key, which is made when absent. */
export function loadMasterKeys(env: KeyEnv): Buffer[] {
  const path = masterKeyFile(env.dataDir);
  return findMasterKeys(env) ?? parseMasterKeys(createMasterKey(path), path);
}

/** As `loadMasterKeys`, but makes nothing: null when there is no key yet. */
export function findMasterKeys(env: KeyEnv): Buffer[] | null {
  if (env.masterKey !== undefined) return parseMasterKeys(env.masterKey, 'MASTER_KEY');
  const path = masterKeyFile(env.dataDir);
  const text = readIfPresent(path);
  return text === undefined ? null : parseMasterKeys(text, path);
}

/** Puts a new key before those in the file, which stay to open what they sealed. */
export function addMasterKey(dataDir: string): Buffer[] {
  const keys = loadMasterKeys({ dataDir });
  return replaceMasterKeys(dataDir, [Buffer.from(newMasterKey(), 'base64'), ...keys]);
}

/** Leaves only the current key in the file: what older ones sealed, in backups too, does not open any more. */
export function dropOldMasterKeys(dataDir: string): Buffer[] {
  return replaceMasterKeys(dataDir, loadMasterKeys({ dataDir }).slice(0, 1));
}

function replaceMasterKeys(dataDir: string, keys: Buffer[]): Buffer[] {
  const path = masterKeyFile(dataDir);
  const aside = writeAside(path, keys.map((key) => `${key.toString('base64')}\n`).join(''));
  renameSync(aside, path);
  return keys;
}

/** Keys in base64, separated by commas or line ends. Throws an Error naming `where` and the fix. */
export function parseMasterKeys(text: string, where: string): Buffer[] {
  const keys = text.split(/[\s,]+/).filter((part) => part !== '');
  if (keys.length > 0 && keys.every(isMasterKey)) return keys.map((key) => Buffer.from(key, 'base64'));
  throw new Error(
    `${where}: expected 32 bytes in base64. Restore it from a backup; if nothing has been encrypted yet, remove it and start again.`,
  );
}

/**
 * Whole or not at all, and never over an existing key: the file is written aside and then linked to its name, which fails
 * when another process was first. Then that process's key is the key.
 */
function createMasterKey(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const aside = writeAside(path, `${newMasterKey()}\n`);
  try {
    linkOrCopy(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return readFileSync(path, 'utf8');
}

function writeAside(path: string, text: string): string {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(aside, text, { mode: 0o600, flag: 'wx', flush: true });
  return aside;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL); // a file system without hard links
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
