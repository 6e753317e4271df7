import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '@app/core';

/** Why files cannot be made in `directory`, which need not exist yet; null when they can. Changes nothing on the disk. */
export function whyNotWritable(directory: string): string | null {
  try {
    const nearest = nearestExisting(directory);
    if (!statSync(nearest).isDirectory()) return `${nearest} is not a directory`;
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function nearestExisting(path: string): string {
  const exists = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path));
}
