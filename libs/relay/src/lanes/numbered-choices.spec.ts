import { quirksOf } from '@app/providers';
import { clientFace, upstreamFace, upstreamWire } from '../protocols/faces';
import { TranslateReader } from './translate-reader';

/** A caller of chat who asks for two answers, and an upstream that counts them as it likes. */
const request = clientFace('openai-chat').decodeRequest(
  { model: 'm', n: 2, messages: [{ role: 'user', content: 'x' }] },
  {},
);

function opened(stream: boolean) {
  const written: string[] = [];
  const reader = new TranslateReader(
    {
      client: clientFace('openai-chat'),
      upstream: upstreamFace('gemini'),
      wire: upstreamWire('gemini'),
      quirks: quirksOf({}, 'gemini'),
      context: { model: 'm', requestId: 'req_1', created: 1, includeUsage: false, request },
      stream,
    },
    {
      commit: () => undefined,
      out: (bytes) => void written.push(String(bytes)),
      error: (error) => void written.push(JSON.stringify(error)),
      end: () => undefined,
    },
  );
  return { reader, written };
}

const candidate = (index: number, text: string) => ({
  index,
  content: { role: 'model', parts: [{ text }] },
  finishReason: 'STOP',
});

describe.each([0, 1, 7])('two answers that are counted from %d', (from) => {
  const [first, second] = [candidate(from, 'one'), candidate(from + 1, 'two')];

  it('reach a caller of chat as choices 0 and 1: streamed', () => {
    const { reader, written } = opened(true);
    for (const one of [first, second]) reader.push(Buffer.from(`data: ${JSON.stringify({ candidates: [one] })}\n\n`));
    reader.close();
    expect(reader.isComplete).toBe(true);
    expect(String(reader.tail())).toBe('data: [DONE]\n\n');
    const chunks = written.join('').match(/"index":\d+,"delta":\{"content":"(one|two)"/g);
    expect(chunks).toEqual(['"index":0,"delta":{"content":"one"', '"index":1,"delta":{"content":"two"']);
  });

  it('reach a caller of chat as choices 0 and 1: whole', () => {
    const answer = { candidates: [first, second] };
    const { bytes } = opened(false)
      .reader.whole(Buffer.from(JSON.stringify(answer)), answer)
      .body();
    const { choices } = JSON.parse(String(bytes)) as { choices: { index: number; message: { content: string } }[] };
    expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
      [0, 'one'],
      [1, 'two'],
    ]);
  });
});
