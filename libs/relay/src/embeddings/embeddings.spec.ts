import { Body } from '../request/members';
import { applyEdits } from '../request/edits';
import { modelEdits } from '../protocols/gemini/model-edits';
import * as gemini from './gemini';
import * as openai from './openai';

const param = (name: string) => expect.objectContaining({ status: 400, extra: { param: name } }) as Error;
const content = (...texts: string[]) => ({ parts: texts.map((text) => ({ text })) });

describe('OpenAI to Gemini', () => {
  it('one text, a list, a size', () => {
    const one = openai.decodeRequest({ model: 'm', input: 'hi', dimensions: 4, user: 'u' });
    expect(one).toEqual({ inputs: ['hi'], dimensions: 4, base64: false, dropped: ['user'] });
    expect(gemini.encodeRequest(one.inputs, one, 'g', 'single')).toEqual({
      model: 'models/g',
      content: content('hi'),
      outputDimensionality: 4,
    });
    expect(gemini.encodeRequest(one.inputs, one, 'g', 'vertex')).toEqual({
      content: content('hi'),
      outputDimensionality: 4,
    });
    const two = openai.decodeRequest({ model: 'm', input: ['a', 'b'] });
    expect(gemini.encodeRequest(two.inputs, two, 'g', 'batch')).toEqual({
      requests: [
        { model: 'models/g', content: content('a') },
        { model: 'models/g', content: content('b') },
      ],
    });
  });

  it.each([[[1, 2, 3]], [[[1], [2]]], [''], [[]], [['a', '']], [3]])('input %j is refused by name', (input) => {
    expect(() => openai.decodeRequest({ model: 'm', input })).toThrow(param('input'));
  });

  it('the answer, as numbers and as base64 of floats', () => {
    const reply = gemini.decodeReply({ embeddings: [{ values: [0.5, -1] }, { values: [2, 0] }] });
    expect(openai.encodeReply(reply, false, 'm', 7)).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -1] },
        { object: 'embedding', index: 1, embedding: [2, 0] },
      ],
      model: 'm',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    const coded = openai.encodeReply(reply, true, 'm', 7);
    expect(openai.decodeReply(coded).vectors).toEqual(reply.vectors);
    expect(gemini.decodeReply({ embedding: { values: [1] }, usageMetadata: { promptTokenCount: 3 } })).toEqual({
      vectors: [[1]],
      usage: { input: 3, output: 0 },
    });
  });
});

describe('Gemini to OpenAI', () => {
  it('one content, a batch, either spelling', () => {
    const one = gemini.decodeRequest({ content: content('a', 'b'), output_dimensionality: 4, taskType: 'CLUSTERING' });
    expect(one).toEqual({ inputs: ['ab'], dimensions: 4, task: 'CLUSTERING', base64: false, dropped: [] });
    expect(openai.encodeRequest(one.inputs, one, 'o')).toEqual({
      model: 'o',
      input: 'ab',
      dimensions: 4,
      encoding_format: 'float',
    });
    const batch = gemini.decodeRequest({ requests: [{ content: content('a') }, { content: content('b') }] });
    expect(openai.encodeRequest(batch.inputs, batch, 'o')).toMatchObject({ input: ['a', 'b'] });
  });

  it.each([
    [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'QQ==' } }] } }, 'content'],
    [{ content: {} }, 'content'],
    [{ requests: [] }, 'requests'],
    [{ requests: [{ content: content('a') }, {}] }, 'requests[1].content'],
    [{ requests: [{ content: content('a'), outputDimensionality: 1 }, { content: content('b') }] }, 'requests'],
  ])('%j is refused by name', (body, name) => {
    expect(() => gemini.decodeRequest(body)).toThrow(param(name));
  });

  it('vectors come in the order of their index', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    const reply = openai.decodeReply({ data, usage: { prompt_tokens: 5 } });
    expect(gemini.encodeReply(reply, true)).toEqual({
      embeddings: [{ values: [1] }, { values: [2] }],
      usageMetadata: { promptTokenCount: 5 },
    });
  });
});

it('a batch cannot name another model than the one that is paid for', () => {
  const body = Body.parse(Buffer.from('{"requests": [{"model":"models/dear", "content":1},{"content":2}], "x": [1]}'));
  expect(applyEdits(body, modelEdits(body, { upstreamModel: 'cheap' })).toString()).toBe(
    '{"requests": [{"model":"models/cheap", "content":1},{"content":2}], "x": [1]}',
  );
});
