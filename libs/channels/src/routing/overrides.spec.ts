import { compileOverrides, matchesGlob } from './overrides';

describe('overrides, made ready', () => {
  it('are none where bodies go as they are', () => {
    expect(compileOverrides({})).toBeNull();
    expect(compileOverrides({ headers: { 'x-a': 'b' }, parameters: [], paths: { chat: '/x' } })).toBeNull();
  });

  it('concern the models they name, by the name asked for or the upstream knows', () => {
    const { parameters } = compileOverrides({
      parameters: [
        { op: 'set', path: 'a.b', value: 1, models: ['gpt-5*', 'o3'] },
        { op: 'delete', path: 'c' },
      ],
    })!;
    const concerned = (requested: string, upstream = requested) =>
      parameters.map((rule) => rule.concerns({ requested, upstream }));
    expect(concerned('gpt-5-mini')).toEqual([true, true]);
    expect(concerned('fast', 'o3')).toEqual([true, true]);
    expect(concerned('gpt-4o')).toEqual([false, true]);
    expect(parameters[0]?.path).toEqual(['a', 'b']);
  });

  it.each([
    ['*', '', true],
    ['gpt-*', 'gpt-', true],
    ['gpt-*', 'gpt', false],
    ['*mini', 'gpt-5-mini', true],
    ['*mini', 'gpt-5-mini-2', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a.c', 'abc', false],
    ['', 'x', false],
  ])('%j matches %j: %j', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  it('match in bounded time, however many stars', () => {
    expect(matchesGlob('*a'.repeat(100), 'a'.repeat(199) + 'b')).toBe(false);
  });
});
