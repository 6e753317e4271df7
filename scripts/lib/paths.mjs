import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const inRoot = (...parts) => resolve(root, ...parts);
