import { isJsonList, noOverrides, overridesOf, storedOverrides } from './override-values';

describe('overrides in the form', () => {
  it('are sent as they were stored', () => {
    const settings = {
      parameters: [{ op: 'set', path: 'a.b', value: { c: 1 }, models: ['gpt-*'] }],
      systemPrompt: { text: 'Be brief.', mode: 'append', models: ['x'] },
      paths: { chat: '/v2/chat' },
      proxy: 'http://***:***@proxy:3128',
    };
    expect(overridesOf(storedOverrides(settings))).toEqual(settings);
  });

  it('are not sent when nothing is entered', () => {
    expect(overridesOf(noOverrides())).toEqual({});
    expect(overridesOf(storedOverrides({}))).toEqual({});
  });

  it.each([
    ['', true],
    [' [] ', true],
    ['[{"op":"set"}]', true],
    ['{}', false],
    ['[', false],
  ])('take %j as a list: %j', (text, is) => {
    expect(isJsonList(text)).toBe(is);
  });
});
