// @ts-check
import { parseArgs } from 'node:util';

export const KINDS = /** @type {const} */ (['plain', 'stream', 'body', 'large-body', 'translate', 'translate-stream']);

/** What is measured in another way than by kinds of requests. */
export const SECTIONS = /** @type {const} */ (['latency', 'chunks', 'processes', 'slow-streams']);

/**
 * @typedef {typeof KINDS[number]} Kind plain JSON chat, 100-chunk stream, request bodies of 1 MB and of 20 MB; the first two with OpenAI's protocol on the caller's side and Anthropic's on the upstream's
 * @typedef {{ requests: number, rounds: number, kinds: readonly Kind[], sections: readonly typeof SECTIONS[number][], soak: number }} Options `requests` per round for plain; a tenth for streams and bodies of 1 MB, a two-hundredth for those of 20 MB
 */

export const USAGE = `Usage: npm run bench -- [--requests N] [--rounds N] [--only KIND] [--soak N]
  --requests  plain requests per round (default 3000; streams and 1 MB bodies: a tenth)
  --rounds    interleaved rounds (default 5)
  --only      one of ${[...KINDS, ...SECTIONS].join(', ')}
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
  const all = values.only === undefined;
  const kinds = KINDS.filter((kind) => all || kind === values.only);
  const sections = SECTIONS.filter((section) => all || section === values.only);
  if (kinds.length + sections.length === 0)
    throw new Error(`--only ${values.only}: one of ${[...KINDS, ...SECTIONS].join(', ')}`);
  return {
    requests: count('requests', values.requests, 3_000),
    rounds: count('rounds', values.rounds, 5),
    kinds,
    sections,
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
