/** The values that are there. */
export const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

export const isEmpty = (object: object): boolean => Object.keys(object).length === 0;
