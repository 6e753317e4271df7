import { canonicalEmail, canonicalUsername, knownUsername } from './username';

describe('usernames', () => {
  it.each([
    ['Alice', 'alice'],
    [' bob ', 'bob'],
    ['ALICE@Example.com', 'alice@example.com'],
    ['ａｄｍｉｎ', 'admin'],
    ['李雷', '李雷'],
    ['a1', 'a1'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('%j is stored as %j', (text, stored) => expect(canonicalUsername(text)).toBe(stored));

  it.each([
    '',
    'a',
    'x'.repeat(65),
    'a b',
    '-ab',
    '.ab',
    'a\nb',
    'a\u0000b',
    'a\u202Eb',
    'a\u200Bb',
    'a/b',
    '<script>',
    "a'b",
    '\ud800ab',
  ])('refuses %j', (text) =>
    expect(() => canonicalUsername(text)).toThrow(expect.objectContaining({ code: 'invalid' })),
  );

  it('looks up what could be a name, however long the text is', () => {
    expect(knownUsername(' Alice ')).toBe('alice');
    expect(knownUsername('x'.repeat(10_000_000))).toBeNull();
  });
});

describe('email addresses', () => {
  it('are compared in lower case', () => expect(canonicalEmail(' Bob@Example.COM ')).toBe('bob@example.com'));

  it.each(['', 'a', 'a@b', '@b.c', 'a@b.', 'a b@c.d', 'a@b@c.d', 'a\n@b.c', `${'x'.repeat(250)}@b.c`])(
    'refuse %j',
    (text) => expect(() => canonicalEmail(text)).toThrow(expect.objectContaining({ code: 'invalid' })),
  );
});
