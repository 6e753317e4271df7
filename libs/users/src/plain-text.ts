/** Control characters, lone surrogates, line separators, and marks that reverse the reading direction. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** True for text that shows as what it is: fit for names and for log lines. */
export const isPlainText = (text: string): boolean => !unprintable.test(text);
