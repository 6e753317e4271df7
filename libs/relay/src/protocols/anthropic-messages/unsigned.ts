/** How a block of thoughts is written without spaces, and with those of Python. */
const spellings = [':', ': '].map((colon) => {
  const comma = colon === ':' ? ',' : ', ';
  return {
    block: Buffer.from(`"type"${colon}"thinking"`),
    text: Buffer.from(`${comma}"thinking"${colon}"`),
    signature: Buffer.from(`${comma}"signature"${colon}"`),
  };
});

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Whether a body may hold thoughts that nobody signed: with an empty signature, or with none. Blocks in the order of Anthropic's own
 * are passed over by native search; any other order has to be looked at.
 */
export const maybeUnsigned = (bytes: Buffer): boolean =>
  spellings.some(({ block, text, signature }) => {
    for (let at = bytes.indexOf(block); at >= 0; at = bytes.indexOf(block, at + 1)) {
      const open = at + block.length;
      if (!follows(bytes, open, text)) return true;
      const close = stringEnd(bytes, open + text.length);
      const sealed = close + signature.length;
      if (close < 0 || !follows(bytes, close, signature) || bytes[sealed] === QUOTE) return true;
    }
    return false;
  });

const follows = (bytes: Buffer, at: number, wanted: Buffer): boolean =>
  at + wanted.length <= bytes.length && bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0;

/** Offset behind the quote that ends the string open at `from`, or -1. */
function stringEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let before = at;
    while (bytes[before - 1] === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return -1;
}
