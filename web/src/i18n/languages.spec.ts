import en from './en.json';
import zh from './zh.json';

type Words = { readonly [key: string]: string | Words };

/** `{ a: { b: 'x {{n}}' } }` → `a.b` with its placeholders. */
function entries(words: Words, path = ''): [key: string, placeholders: string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[path + key, [...value.matchAll(/\{\{\w+\}\}/g)].map(String).sort().join()]]
      : entries(value, `${path}${key}.`),
  );
}

describe('the languages', () => {
  it('have the same keys with the same placeholders', () => {
    expect(entries(zh)).toEqual(entries(en));
  });

  it('leave nothing empty', () => {
    for (const words of [en, zh]) expect(JSON.stringify(words)).not.toContain('""');
  });
});
