import { ArrayStream } from './array-stream';

const events = [
  { candidates: [{ content: { parts: [{ text: 'Grüße\n"北京"' }] } }] },
  { usageMetadata: { promptTokenCount: 1 } },
];
const wire = events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join('');
const error = { error: { code: 499, message: 'cancelled', status: 'CANCELLED' } };

function read(text: string, size: number): { readonly whole: unknown; readonly pieces: number } {
  const stream = new ArrayStream();
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(stream.push(bytes.subarray(at, at + size)));
  pieces.push(stream.end());
  return { whole: JSON.parse(pieces.join('')), pieces: pieces.filter((piece) => piece !== '').length };
}

describe('a stream without alt=sse', () => {
  it.each([1, 7, 10_000])('is one array of the events, in pieces of %d bytes', (size) => {
    expect(read(wire, size).whole).toEqual(events);
  });

  it('arrives event by event', () => {
    expect(read(wire, 1).pieces).toBe(3);
  });

  it('ends in the error that broke it', () => {
    expect(read(wire + JSON.stringify(error, null, 2), 5).whole).toEqual([...events, error]);
  });

  it('is an empty array when there was nothing', () => {
    expect(read('', 1).whole).toEqual([]);
  });
});
