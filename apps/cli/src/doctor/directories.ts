import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '@app/core';
import { type Check, fail, type Finding, ok, warn } from './check';

const LEAST_FREE_MB = 1_024;

export const checkDirectories: Check = async ({ dataDir, logDir }) => [
  checkDirectory('data directory', 'DATA_DIR', dataDir),
  checkDirectory('log directory', 'LOG_DIR', logDir),
];

/** A directory that is not there yet is made by the server: then the nearest one above it must allow that. */
function checkDirectory(name: string, variable: string, wanted: string): Finding {
  let directory = wanted;
  while (!existsSync(directory)) directory = dirname(directory);
  const probe = join(directory, `.one-api-doctor-${randomBytes(4).toString('hex')}`);
  try {
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    return fail(name, `cannot write to ${directory}: ${messageOf(error)}`, `Make it writable or set ${variable}.`);
  }
  const { bavail, bsize } = statfsSync(directory);
  const freeMb = Math.floor((bavail * bsize) / 1024 / 1024);
  if (freeMb < LEAST_FREE_MB) return warn(name, `${wanted} has ${freeMb} MB left`, `Free space or move ${variable}.`);
  return ok(name, directory === wanted ? `${wanted} is writable` : `${wanted} will be made at the first start`);
}
