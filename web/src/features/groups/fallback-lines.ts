/** Models that stand in for others, one line for each: `gpt-x = gpt-y, gpt-z`. */
export const linesOf = (fallbacks: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(fallbacks)
    .map(([model, chain]) => `${model} = ${chain.join(', ')}`)
    .join('\n');

/** Null: a line is not of that form. */
export function fallbacksOf(text: string): Record<string, string[]> | null {
  const entries: [string, string[]][] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [model = '', chain, ...more] = line.split('=').map((part) => part.trim());
    const models = (chain ?? '').split(',').map((name) => name.trim());
    if (model === '' || more.length > 0 || models.some((name) => name === '')) return null;
    entries.push([model, models]);
  }
  return Object.fromEntries(entries);
}
