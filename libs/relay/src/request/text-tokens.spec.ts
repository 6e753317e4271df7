import { tokensOfText } from './text-tokens';

/** Counted with o200k_base, the vocabulary of GPT-4o and later. */
const known: readonly (readonly [language: string, text: string, tokens: number])[] = [
  ['English', 'Callers use the SDK they already have; operators manage channels, users, keys and money.', 19],
  ['German', 'Das Wetter ist heute schön, also gehen wir im Park spazieren und kaufen unterwegs etwas Obst.', 19],
  ['Russian', 'Сегодня хорошая погода, пойдём гулять в парк и купим немного фруктов.', 20],
  ['Chinese', '今天的天气很好，我们去公园散步吧，顺便买一些水果回来。', 19],
  ['Japanese', '今日は天気がいいので、公園を散歩しましょう。ついでに果物も買ってきてください。', 27],
  ['Korean', '오늘은 날씨가 좋아서 공원에서 산책하고 싶습니다. 과일도 조금 사 오세요.', 24],
  ['Hindi', 'आज मौसम अच्छा है, चलो पार्क में घूमने चलते हैं।', 14],
  ['JSON', '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}', 19],
];

describe('an estimate of tokens', () => {
  it.each(known)('%s is met within 60 %%', (_language, text, tokens) => {
    expect(tokensOfText(text) / tokens).toBeGreaterThan(0.75);
    expect(tokensOfText(text) / tokens).toBeLessThan(1.6);
  });

  it('nothing is nothing, and no text is too long or too strange', () => {
    expect(tokensOfText('')).toBe(0);
    expect(tokensOfText('a '.repeat(5_000_000))).toBe(5_000_000);
    expect(tokensOfText('\ud83d\u0000\uffff')).toBeGreaterThan(0);
  });

  it('more text is never fewer tokens', () => {
    for (const [, text] of known) expect(tokensOfText(text + text)).toBeGreaterThanOrEqual(tokensOfText(text));
  });
});
