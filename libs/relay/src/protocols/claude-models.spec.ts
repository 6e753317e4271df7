import { abilitiesOf, effortOf } from './claude-models';

const thinking = (model: string) => abilitiesOf(model).thinking;

describe('what Claude models take', () => {
  it.each([
    ['claude-3-haiku-20240307', 'never'],
    ['claude-3-5-sonnet-20241022', 'never'],
    ['claude-2.1', 'never'],
    ['claude-3-7-sonnet-20250219', 'manual'],
    ['claude-sonnet-4-20250514', 'manual'],
    ['claude-opus-4-0', 'manual'],
    ['claude-opus-4-1@20250805', 'manual'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'manual'],
    ['claude-haiku-4-5', 'manual'],
    ['claude-opus-4-5-20251101', 'manual'],
    ['anthropic.claude-opus-4-6-v1', 'either'],
    ['claude-sonnet-4-6', 'either'],
    ['anthropic/claude-opus-4.7', 'adaptive'],
    ['claude-opus-4-8', 'adaptive'],
    ['claude-sonnet-5', 'adaptive'],
    ['claude-haiku-5-5', 'adaptive'],
    ['claude-mythos-preview', 'adaptive'],
    ['claude-opus-latest', 'adaptive'],
    ['claude-sonnet-7', 'adaptive'],
    ['deepseek-chat', 'manual'],
  ])('%s thinks: %s', (model, expected) => {
    expect(thinking(model)).toBe(expected);
  });

  it.each([
    ['claude-sonnet-4-5', 'disabled', true, false],
    ['claude-opus-4-8', 'disabled', true, true],
    ['claude-sonnet-5', 'disabled', true, false],
    ['claude-opus-5', 'disabled', true, true],
    ['claude-haiku-5-5', 'disabled', true, true],
    ['claude-sonnet-5-5', 'between_tools', false, true],
    ['claude-opus-5-5', null, false, true],
    ['claude-fable-5', null, true, true],
    ['claude-fable-5-1', null, false, true],
  ])(
    '%s is switched off by %s, is forced to tools: %s, takes system turns: %s',
    (model, off, forcesTools, systemTurns) => {
      expect(abilitiesOf(model)).toMatchObject({ off, forcesTools, systemTurns });
    },
  );

  it.each([
    ['claude-sonnet-4-5', 'high', undefined],
    ['claude-opus-4-5', 'max', 'high'],
    ['claude-sonnet-4-6', 'xhigh', 'high'],
    ['claude-opus-4-6', 'max', 'max'],
    ['claude-opus-4-8', 'xhigh', 'xhigh'],
    ['claude-opus-5-5', 'minimal', 'low'],
  ] as const)('%s asked for %s works at %s', (model, wanted, level) => {
    expect(effortOf(wanted, abilitiesOf(model))).toBe(level);
  });
});
