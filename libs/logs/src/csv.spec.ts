import { csvLine } from './csv';

describe('a line of CSV', () => {
  it.each([
    ['plain values', ['a', 1, true, null, undefined, 0.000000001], 'a,1,true,,,1e-9\r\n'],
    ['a comma', ['a,b'], '"a,b"\r\n'],
    ['a quote', ['say "hi"'], '"say ""hi"""\r\n'],
    ['line ends', ['a\nb', 'c\rd'], '"a\nb","c\rd"\r\n'],
    ['negative numbers as numbers', [-5], '-5\r\n'],
    ['Chinese', ['面条'], '面条\r\n'],
  ])('holds %s', (_, values, line) => {
    expect(csvLine(values)).toBe(line);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '=HYPERLINK("http://x","y")'])(
    'never lets a spreadsheet run %p',
    (text) => {
      const field = csvLine([text]).replace(/^"/, '');
      expect(field.startsWith("'")).toBe(true);
    },
  );
});
