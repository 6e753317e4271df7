/** One line of a record: a model's name and the upstream's, a header and its value. `id` is for React. */
export interface Pair {
  readonly id: number;
  from: string;
  to: string;
}

let rows = 0;
export const pair = (from = '', to = ''): Pair => ({ id: ++rows, from, to });

/** The complete lines. */
export function recordOf(lines: readonly Pair[]): Record<string, string> {
  const complete = lines.map(({ from, to }) => [from.trim(), to.trim()] as const).filter(([from, to]) => from && to);
  return Object.fromEntries(complete);
}
