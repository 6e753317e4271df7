import { badRequest } from '../relay.errors';

/** What walks a caller's values goes one call deeper per level: thousands of levels, which no model reads, end in this error. */
export function unlessTooDeep<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw badRequest('The request is nested too deeply.');
    throw error;
  }
}
