/** Which rows of a list, in which order. */
export interface ListRequest<Field extends string> {
  readonly offset: number;
  readonly limit: number;
  readonly by: Field;
  readonly descending: boolean;
  /** Free text to look for. */
  readonly q?: string;
}

export interface Listed<T> {
  readonly items: T[];
  readonly total: number;
}

/** Above every text that begins with `prefix`, where text compares by code point: a prefix search an index can serve. */
export const prefixEnd = (prefix: string): string => `${prefix}\u{10FFFF}`;
