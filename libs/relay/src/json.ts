/** Narrow reads of unknown JSON: an absent or wrongly typed field reads as undefined. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectAt = (value: unknown, name: string): JsonObject | undefined => {
  const found = isObject(value) ? value[name] : undefined;
  return isObject(found) ? found : undefined;
};

export const arrayAt = (value: unknown, name: string): readonly unknown[] => {
  const found = isObject(value) ? value[name] : undefined;
  return Array.isArray(found) ? found : [];
};

export const numberAt = (value: unknown, name: string): number | undefined => {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'number' ? found : undefined;
};

export const textAt = (value: unknown, name: string): string | undefined => {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : undefined;
};

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A copy without the undefined members. */
export function defined<T extends object>(values: T): T {
  const result: Partial<T> = {};
  for (const name in values) if (values[name] !== undefined) result[name] = values[name];
  return result as T; // what it lacks was undefined
}
