const browsers: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /Chrome\//],
  ['Safari', /Safari\//],
  ['curl', /^curl\//],
];

const systems: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
];

/** "Firefox · Linux": enough to know one's own devices. Null when the user agent says nothing of the kind. */
export function deviceOf(userAgent: string | null): { name: string | null; mobile: boolean } {
  const text = userAgent ?? '';
  const found = [browsers, systems].flatMap((table) => table.find(([, mark]) => mark.test(text))?.[0] ?? []);
  return { name: found.length > 0 ? found.join(' · ') : null, mobile: /Mobi|Android|iPhone/.test(text) };
}
