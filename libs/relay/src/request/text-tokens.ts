/** What is longer is judged by its beginning: a megabyte takes 20 ms. */
const MOST_READ = 1024 * 1024;

/**
 * How many tokens a text makes, without anybody's vocabulary: each run of characters of one kind counts by a rate of its own.
 * Measured against o200k (GPT-4o and later): 0 to 15 % more on English prose, code, JSON and European languages, within 50 % on
 * Chinese, Japanese, Korean, Arabic, Hindi and Thai, where four bytes to a token are wrong by up to 100 %. Claude's tokenizers make
 * more of the same text, the latest by a third.
 */
export function tokensOfText(text: string): number {
  const read = text.length > MOST_READ ? text.slice(0, MOST_READ) : text;
  let tokens = 0;
  for (const [run] of read.matchAll(runs)) tokens += tokensOfRun(run);
  return Math.ceil((tokens * text.length) / Math.max(1, read.length));
}

// A space before a word is part of its token. Runs are cut at 64 characters: none is worth a longer look.
const runs =
  /[a-zA-Z]{1,64}|[0-9]{1,64}|[\s]{1,64}|[!-/:-@[-`{-~]{1,64}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{1,64}|[\p{L}\p{M}]{1,64}|[^\x00-\x7f]{1,64}|[\x00-\x1f\x7f]/gu;

function tokensOfRun(run: string): number {
  const code = run.charCodeAt(0);
  if (code < 128) return tokensOfAscii(run, code);
  if (/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(run)) return run.length * 0.72;
  if (/^[\p{Script=Latin}\p{M}]/u.test(run)) return run.length * 0.5;
  if (/^\p{L}/u.test(run)) return Math.max(1, run.length / 3);
  return run.length;
}

function tokensOfAscii(run: string, code: number): number {
  const length = run.length;
  if (isLetter(code)) return length <= 9 ? 1 : length / 5;
  if (code >= 48 && code <= 57) return Math.ceil(length / 3);
  // A single space belongs to the next word; a line break or an indentation is a token.
  if (code <= 32) return run === ' ' ? 0 : 1;
  return Math.ceil(length / 2);
}

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
