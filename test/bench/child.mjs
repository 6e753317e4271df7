// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A helper process that ends with this one.
 * @param {string} file beside this one
 * @param {string[]} [args]
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, hello: any }>} `hello` is its first message
 */
export async function startChild(file, args = []) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  const [hello] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file} did not start`))),
  ]);
  return { child, hello };
}
