import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';

const neverInput = /(^|\/)(node_modules|dist|coverage)$|\.spec\.tsx?$|\.log$/;

/** Files under `paths` (files or folders, relative to the checkout) that a build could read, sorted. */
export function filesIn(paths, ignored = []) {
  const skip = new Set(ignored);
  const found = [];
  const visit = (path) => {
    if (neverInput.test(path) || skip.has(path) || !existsSync(inRoot(path))) return;
    if (!statSync(inRoot(path)).isDirectory()) found.push(path);
    else for (const name of readdirSync(inRoot(path)).sort()) visit(join(path, name));
  };
  paths.forEach(visit);
  return found;
}

/** One hash over the names and the contents: whatever git or an editor does to the times, only a real change counts. */
export function fingerprint(paths, ignored) {
  const hash = createHash('sha256');
  for (const file of filesIn(paths, ignored))
    hash
      .update(`${file}\0`)
      .update(readFileSync(inRoot(file)))
      .update('\0');
  return hash.digest('hex');
}
