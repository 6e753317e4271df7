import { quirksOf } from '@app/providers';
import { decodeCountTokens, encodeCountTokens, readTokenCount, tokenCountBody } from './count-tokens';

const quirks = quirksOf({}, 'gemini');
const path = { model: 'gemini-2.5-flash' };
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];

describe('counting tokens', () => {
  it('reads contents alone and a whole request alike', () => {
    const whole = { generateContentRequest: { model: 'models/gemini-2.5-flash', contents } };
    expect(decodeCountTokens(whole, path)).toEqual(decodeCountTokens({ contents }, path));
    expect(decodeCountTokens({ contents }, path)).toMatchObject({
      model: 'gemini-2.5-flash',
      turns: [{ role: 'user' }],
    });
  });

  it('sends contents alone, and what else counts inside a request', () => {
    expect(encodeCountTokens(decodeCountTokens({ contents }, path), quirks).body).toEqual({ contents });
    const systemInstruction = { parts: [{ text: 'Be brief.' }] };
    const request = decodeCountTokens(
      { generateContentRequest: { contents, systemInstruction, generationConfig: { topK: 1 } } },
      path,
    );
    expect(encodeCountTokens(request, quirks).body).toEqual({
      generateContentRequest: { model: 'models/gemini-2.5-flash', contents, systemInstruction },
    });
    expect(encodeCountTokens(request, quirks, 'vertex').body).toEqual({ contents, systemInstruction });
  });

  it('reads and writes the count', () => {
    expect(readTokenCount({ totalTokens: 12, promptTokensDetails: [] })).toBe(12);
    expect(readTokenCount({})).toBeUndefined();
    expect(tokenCountBody(12)).toEqual({ totalTokens: 12 });
  });
});
