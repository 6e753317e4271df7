// @ts-check
/**
 * A model name is a script: `sim-chunks-100-gap-50` answers in 100 chunks, 50 ms apart. README.md lists the words.
 *
 * @typedef {object} Script
 * @property {'echo' | 'fast' | 'generated' | 'big-line'} text what the answer says
 * @property {number | null} chunks content chunks of a streamed answer; null: one per word
 * @property {number} delayMs wait before the first byte
 * @property {number} gapMs wait between two content chunks
 * @property {number | null} status refuse with this HTTP status
 * @property {number | null} retryAfterSeconds
 * @property {boolean} leak the message of every failure repeats the credential, the address that was called and the account
 * @property {'too-long' | 'forbidden-words' | null} reason what a 400 is for
 * @property {boolean} quota a 429 that says the account's money is used up
 * @property {{ kind: 'cut' | 'stall' | 'error', after: number } | null} end how a stream breaks off, after so many content chunks
 * @property {'error-first-event' | 'error-200' | 'empty' | 'hang' | 'bad-json' | null} fault
 * @property {'real' | 'none' | 'zero' | 'negative' | 'huge'} usage
 * @property {number} cachedTokens part of the prompt reported as read from the cache
 * @property {'tools' | 'json' | null} shape
 * @property {boolean} reasoning
 * @property {boolean} filtered the answer ends as stopped by the content filter
 * @property {boolean} gzip
 * @property {boolean} contentType
 * @property {number} splitBytes write the answer's bytes in pieces of this size; 0: one piece per frame
 * @property {number} comments SSE comment lines before the first event
 * @property {boolean} keeps Responses: answers are kept, and can be gone on from by `previous_response_id`
 * @property {boolean} doneMark OpenAI's closing `data: [DONE]`
 */

/** A number given to a word may not keep a test waiting, or fill its memory, without end. */
const LARGEST_ARGUMENT = 1_000_000;

/** @returns {Script} */
export function plainScript() {
  return {
    text: 'echo',
    chunks: null,
    delayMs: 0,
    gapMs: 0,
    status: null,
    retryAfterSeconds: null,
    leak: false,
    reason: null,
    quota: false,
    end: null,
    fault: null,
    usage: 'real',
    cachedTokens: 0,
    shape: null,
    reasoning: false,
    filtered: false,
    gzip: false,
    contentType: true,
    splitBytes: 0,
    comments: 0,
    keeps: false,
    doneMark: true,
  };
}

/**
 * Every word, what it changes, and the number it takes when the name gives none (no `number`: the word takes none).
 * @type {Readonly<Record<string, { number?: number, set: (n: number) => Partial<Script> }>>}
 */
const WORDS = {
  echo: { set: () => ({ text: 'echo' }) },
  fast: { set: () => ({ text: 'fast' }) },
  chunks: { number: 10, set: (n) => ({ chunks: n, text: 'generated' }) },
  delay: { number: 500, set: (n) => ({ delayMs: n }) },
  gap: { number: 50, set: (n) => ({ gapMs: n }) },
  retry: { number: 1, set: (n) => ({ retryAfterSeconds: n }) },
  quota: { set: () => ({ status: 429, quota: true }) },
  'too-long': { set: () => ({ status: 400, reason: 'too-long' }) },
  'forbidden-words': { set: () => ({ status: 400, reason: 'forbidden-words' }) },
  dead: { set: () => ({ status: 401 }) },
  leak: { set: () => ({ leak: true }) },
  overloaded: { set: () => ({ status: 503 }) },
  'error-in-stream': { number: 2, set: (n) => ({ end: { kind: 'error', after: n } }) },
  'error-first-event': { set: () => ({ fault: 'error-first-event' }) },
  'error-200': { set: () => ({ fault: 'error-200' }) },
  'empty-stream': { set: () => ({ fault: 'empty' }) },
  cut: { number: 1, set: (n) => ({ end: { kind: 'cut', after: n } }) },
  stall: { number: 1, set: (n) => ({ end: { kind: 'stall', after: n } }) },
  hang: { set: () => ({ fault: 'hang' }) },
  'bad-json': { set: () => ({ fault: 'bad-json' }) },
  'no-usage': { set: () => ({ usage: 'none' }) },
  'zero-usage': { set: () => ({ usage: 'zero' }) },
  'negative-usage': { set: () => ({ usage: 'negative' }) },
  'huge-usage': { set: () => ({ usage: 'huge' }) },
  cached: { number: 10, set: (n) => ({ cachedTokens: n }) },
  'big-line': { set: () => ({ text: 'big-line' }) },
  tools: { set: () => ({ shape: 'tools' }) },
  json: { set: () => ({ shape: 'json' }) },
  reasoning: { set: () => ({ reasoning: true }) },
  filtered: { set: () => ({ filtered: true }) },
  gzip: { set: () => ({ gzip: true }) },
  'no-content-type': { set: () => ({ contentType: false }) },
  split: { number: 7, set: (n) => ({ splitBytes: Math.max(1, n) }) },
  comments: { number: 3, set: (n) => ({ comments: n }) },
  keeps: { set: () => ({ keeps: true }) },
  'no-done': { set: () => ({ doneMark: false }) },
};

const LONGEST_WORD = Math.max(...Object.keys(WORDS).map((word) => word.split('-').length));

/**
 * The script of a model: words after `sim-`, a label after `@` ignored. Any other name is a plain echo.
 * @param {string} model
 * @returns {{ ok: true, script: Script } | { ok: false, unknown: string }}
 */
export function modelScript(model) {
  if (!model.startsWith('sim-')) return { ok: true, script: plainScript() };
  const changes = readWords(model.slice('sim-'.length));
  return changes.ok ? { ok: true, script: { ...plainScript(), ...changes.set } } : changes;
}

/**
 * What a credential changes about every script: `sim-key-429-retry-3@a`. A credential that is no list of words changes nothing.
 * @param {string | null} credential
 * @returns {Partial<Script>}
 */
export function credentialScript(credential) {
  if (!credential?.startsWith('sim-key-')) return {};
  const changes = readWords(credential.slice('sim-key-'.length));
  return changes.ok ? changes.set : {};
}

/**
 * @param {string} text
 * @returns {{ ok: true, set: Partial<Script> } | { ok: false, unknown: string }}
 */
export function readWords(text) {
  const tokens = (text.split('@')[0] ?? '').split(/[-:]/).filter((token) => token !== '');
  /** @type {Partial<Script>} */
  let set = {};
  for (let at = 0; at < tokens.length;) {
    const word = wordAt(tokens, at);
    if (!word) return { ok: false, unknown: tokens.slice(at).join('-') };
    set = { ...set, ...word.set };
    at = word.next;
  }
  return { ok: true, set };
}

/**
 * The longest word at a place, with its number.
 * @param {readonly string[]} tokens
 * @param {number} at
 */
function wordAt(tokens, at) {
  const first = tokens[at] ?? '';
  if (/^[45]\d\d$/.test(first)) return { set: { status: Number(first) }, next: at + 1 };
  for (let length = LONGEST_WORD; length > 0; length--) {
    const word = WORDS[tokens.slice(at, at + length).join('-')];
    if (!word || at + length > tokens.length) continue;
    const given = word.number === undefined ? undefined : numberAt(tokens, at + length);
    return { set: word.set(given ?? word.number ?? 0), next: at + length + (given === undefined ? 0 : 1) };
  }
  return null;
}

/**
 * @param {readonly string[]} tokens
 * @param {number} at
 */
function numberAt(tokens, at) {
  const token = tokens[at] ?? '';
  return /^\d+$/.test(token) ? Math.min(Number(token), LARGEST_ARGUMENT) : undefined;
}

export const scriptWords = Object.keys(WORDS);
