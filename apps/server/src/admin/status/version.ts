import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in the project's package.json, the nearest one above this file, compiled or not. */
export const version: string = read(__dirname);

function read(directory: string): string {
  const file = join(directory, 'package.json');
  if (existsSync(file)) return String((JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }).version);
  const parent = dirname(directory);
  return parent === directory ? 'unknown' : read(parent);
}
