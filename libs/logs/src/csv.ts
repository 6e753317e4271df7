export type CsvValue = string | number | boolean | null | undefined;

/**
 * One record of RFC 4180, with its line end. Text that a spreadsheet would run as a formula
 * (https://owasp.org/www-community/attacks/CSV_Injection) gets an apostrophe in front; numbers never do, so `-5` stays a number.
 */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(field).join(',')}\r\n`;

function field(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
