import type { ReasoningWish } from '../../chat/request';
import { familyOf } from './family';
import { encodeThinking } from './thinking';

function think(model: string, wish: ReasoningWish): unknown {
  const dropped = new Set<string>();
  const config = encodeThinking(wish, familyOf(model), dropped);
  return dropped.size > 0 ? [config, ...dropped] : config;
}
const level = (thinkingLevel: string, includeThoughts = true) => ({ thinkingLevel, includeThoughts });
const budget = (thinkingBudget: number, includeThoughts = true) => ({ thinkingBudget, includeThoughts });

describe('how much Gemini is asked to think', () => {
  const models = [
    'gemini-3-flash-preview',
    'models/gemini-3.1-pro-preview',
    'gemini-3-pro-preview',
    'gemini-2.5-flash',
    'gemini-2.5-pro',
    'gemini-2.5-flash-lite',
  ];

  it.each<[ReasoningWish, unknown[]]>([
    [
      { effort: 'none' },
      [
        { thinkingLevel: 'MINIMAL' },
        [{ thinkingLevel: 'LOW' }, 'reasoning.effort'],
        [{ thinkingLevel: 'LOW' }, 'reasoning.effort'],
        { thinkingBudget: 0 },
        [{ thinkingBudget: 128 }, 'reasoning.effort'],
        { thinkingBudget: 0 },
      ],
    ],
    [{ effort: 'minimal' }, [level('MINIMAL'), level('LOW'), level('LOW'), budget(1024), budget(1024), budget(1024)]],
    [{ effort: 'low' }, [level('LOW'), level('LOW'), level('LOW'), budget(1024), budget(1024), budget(1024)]],
    [{ effort: 'medium' }, [level('MEDIUM'), level('MEDIUM'), level('HIGH'), budget(8192), budget(8192), budget(8192)]],
    [{ effort: 'high' }, [level('HIGH'), level('HIGH'), level('HIGH'), budget(24576), budget(24576), budget(24576)]],
    [{ effort: 'max' }, [level('HIGH'), level('HIGH'), level('HIGH'), budget(24576), budget(32768), budget(24576)]],
    [{ budgetTokens: 100 }, [level('LOW'), level('LOW'), level('LOW'), budget(100), budget(128), budget(512)]],
    [
      { budgetTokens: 5000 },
      [level('MEDIUM'), level('MEDIUM'), level('HIGH'), budget(5000), budget(5000), budget(5000)],
    ],
    [
      { budgetTokens: 60000 },
      [level('HIGH'), level('HIGH'), level('HIGH'), budget(24576), budget(32768), budget(24576)],
    ],
    [
      { budgetTokens: -1 },
      [
        { includeThoughts: true },
        { includeThoughts: true },
        { includeThoughts: true },
        budget(-1),
        budget(-1),
        budget(-1),
      ],
    ],
    [
      { effort: 'low', summary: false },
      [
        level('LOW', false),
        level('LOW', false),
        level('LOW', false),
        budget(1024, false),
        budget(1024, false),
        budget(1024, false),
      ],
    ],
    [{ summary: 'auto' }, models.map(() => ({ includeThoughts: true }))],
    [{}, models.map(() => undefined)],
    [{ encrypted: true }, models.map(() => undefined)],
  ])('%j by model family', (wish, configs) => {
    expect(models.map((model) => think(model, wish))).toEqual(configs);
  });

  it('is nothing for models that do not think: there the field is an error', () => {
    for (const model of ['gemini-2.0-flash', 'gemini-1.5-pro-002', 'gemma-3-27b-it', 'gemini-2.5-flash-image']) {
      expect(think(model, { effort: 'high' })).toEqual([undefined, 'reasoning']);
      expect(think(model, { effort: 'none' })).toBeUndefined();
    }
  });

  it('is a budget where the name tells nothing, and a level for the newest models', () => {
    expect(think('my-alias', { effort: 'high' })).toEqual(budget(24576));
    expect(think('publishers/google/models/gemini-4.1-flash@001', { effort: 'high' })).toEqual(level('HIGH'));
    expect(think('gemini-flash-latest', { effort: 'high' })).toEqual(level('HIGH'));
  });
});
