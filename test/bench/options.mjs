// @ts-check
import { parseArgs } from 'node:util';

export const KINDS = /** @type {const} */ (['plain', 'stream', 'body', 'translate', 'translate-stream']);

/**
 * @typedef {typeof KINDS[number]} Kind plain JSON chat, 100-chunk stream, 1 MB request body; the first two with OpenAI's protocol on the caller's side and Anthropic's on the upstream's
 * @typedef {{ requests: number, rounds: number, kinds: readonly Kind[], soak: number }} Options `requests` per round for plain; a tenth for the others
 */

export const USAGE = `Usage: npm run bench -- [--requests N] [--rounds N] [--only KIND] [--soak N]
  --requests  plain requests per round (default 3000; streams and 1 MB bodies: a tenth)
  --rounds    interleaved rounds (default 5)
  --only      one of plain, stream, body, translate, translate-stream
  --soak      instead: N plain requests through the gateway, with samples of its memory`;

const LARGEST = 10_000_000;

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      requests: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      soak: { type: 'string' },
    },
  });
  const only = KINDS.find((kind) => kind === values.only);
  if (values.only !== undefined && !only) throw new Error(`--only ${values.only}: one of ${KINDS.join(', ')}`);
  return {
    requests: count('requests', values.requests, 3_000),
    rounds: count('rounds', values.rounds, 5),
    kinds: only ? [only] : KINDS,
    soak: count('soak', values.soak, 0),
  };
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} absent
 */
function count(name, text, absent) {
  if (text === undefined) return absent;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > LARGEST)
    throw new Error(`--${name} ${text}: a whole number up to ${LARGEST}`);
  return value;
}
