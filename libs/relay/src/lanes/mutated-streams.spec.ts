import { sseFrame } from '@app/core';
import { type Protocol, protocols, quirksOf, type UpstreamProtocol, upstreamProtocols } from '@app/providers';
import { clientFace, upstreamFace, upstreamWire } from '../protocols/faces';
import { answers, type WireEvent } from './mutated-streams.fixture';
import { TranslateReader } from './translate-reader';

/**
 * Whatever an upstream sends, its caller's stream keeps the grammar of the caller's protocol: it begins once, ends once, by its last
 * event or by an error, and closes what it opened.
 */
const ROUNDS = 16;

/** Numbers below `limit`, the same ones for the same seed. */
function random(seed: number): (limit: number) => number {
  let state = seed + 0x9e3779b9;
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % limit;
  };
}
type Random = ReturnType<typeof random>;

const odd: readonly unknown[] = [null, undefined, 1, -1, 3e9, '', '12', 'constructor', true, [], {}, [null], { a: [] }];

/** Every place of a value, as its holder and name. */
function placesOf(value: unknown): { holder: Record<string, unknown>; name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesOf(holder[name])]);
}

function changeValue(events: WireEvent[], pick: Random): void {
  const places = placesOf(events.map(([, data]) => data)).filter(({ holder }) => !Array.isArray(holder));
  const place = places[pick(places.length)];
  if (!place) return;
  const value = odd[pick(odd.length)];
  if (value === undefined) delete place.holder[place.name];
  else place.holder[place.name] = value;
}

const at = (events: readonly WireEvent[], pick: Random): number => pick(events.length);
const mutations: readonly ((events: WireEvent[], pick: Random) => void)[] = [
  changeValue,
  changeValue,
  changeValue,
  (events, pick) => void events.splice(at(events, pick), 1),
  (events, pick) =>
    void events.splice(at(events, pick), 0, structuredClone(events[at(events, pick)] ?? [undefined, {}])),
  (events, pick) => void events.splice(at(events, pick), 0, ...events.splice(at(events, pick), 1)),
  (events, pick) => void events.splice(at(events, pick) + 1),
  (events, pick) => void events.splice(at(events, pick), 0, [undefined, { error: { message: 'overloaded' } }]),
  (events, pick) => void events.splice(at(events, pick), 0, [undefined, odd[at(events, pick)]]),
];

function mutated(protocol: UpstreamProtocol, pick: Random): Buffer {
  const events = structuredClone(answers[protocol]) as WireEvent[];
  for (let left = 1 + pick(3); left > 0 && events.length > 0; left--) mutations[pick(mutations.length)]?.(events, pick);
  const frames = events.map(([name, data]) =>
    sseFrame(typeof data === 'string' ? data : (JSON.stringify(data) ?? ''), name),
  );
  return Buffer.from(frames.join(''));
}

const question = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] };
const bodies: Readonly<Record<Protocol, object>> = {
  'openai-chat': question,
  'anthropic-messages': question,
  'openai-responses': { model: 'm', input: 'x' },
  gemini: { contents: [{ parts: [{ text: 'x' }] }] },
};

/** The caller's stream, as an exchange makes it; undefined where the upstream's failure came before anything was said. */
function relayed(from: UpstreamProtocol, to: Protocol, bytes: Buffer, pick: Random): string | undefined {
  const client = clientFace(to);
  const request = client.decodeRequest({ ...bodies[to] }, { model: 'm', stream: true });
  const context = { model: 'm', requestId: 'req_1', created: 1, includeUsage: true, request };
  const out: string[] = [];
  let committed = false;
  let failure: unknown;
  const translation = { client, upstream: upstreamFace(from), wire: upstreamWire(from), quirks: quirksOf({}, from) };
  const reader = new TranslateReader(
    { ...translation, context, stream: true },
    {
      commit: () => void (committed = true),
      out: (text) => void out.push(text.toString()),
      error: (error) => void (failure ??= error),
      end: () => undefined,
    },
  );
  for (let start = 0; start < bytes.length;) {
    const piece = bytes.subarray(start, start + 1 + pick(200));
    reader.push(piece);
    start += piece.length;
  }
  reader.close();
  if (!committed) return undefined;
  const isWhole = failure === undefined && reader.isComplete;
  const text = out.join('') + (isWhole ? reader.tail() : reader.broken('cut', 'stream_cut')).toString();
  const types = eventsOf(text).map(({ type, error }) => (error ? 'error' : type));
  // What counts as complete does not end with an error, and the other way round.
  if (isWhole === (types.includes('error') || types.includes('response.failed')))
    throw new Error(`${isWhole ? 'complete' : 'broken'}, but ends with ${String(types.at(-1))}`);
  return text;
}

interface Event extends Readonly<Record<string, unknown>> {
  readonly type?: string;
  readonly index?: number;
}

const dataOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []));
const eventsOf = (text: string): Event[] =>
  dataOf(text).flatMap((data) => (data === '[DONE]' ? [] : [JSON.parse(data) as Event]));
const count = (events: readonly Event[], ...types: readonly string[]): number =>
  events.filter(({ type }) => types.includes(type ?? '')).length;

const grammars: Readonly<Record<Protocol, (text: string) => void>> = {
  'openai-chat': (text) => {
    const data = dataOf(text);
    const errors = eventsOf(text).filter(({ error }) => error).length;
    expect(data.filter((line) => line === '[DONE]').length + errors).toBe(1);
    expect(data.at(-1)).toMatch(/^(\[DONE\]|\{"error")/);
    if (errors > 0) return;
    const choices = eventsOf(text).flatMap((event) => (event.choices as Record<string, unknown>[]) ?? []);
    const ends = choices.filter(({ finish_reason }) => finish_reason).map(({ index }) => index);
    expect(new Set(ends)).toEqual(new Set(choices.map(({ index }) => index)));
    expect(new Set(ends).size).toBe(ends.length);
  },
  'anthropic-messages': (text) => {
    const events = eventsOf(text);
    expect(events[0]).toHaveProperty('type', 'message_start');
    expect([count(events, 'message_start'), count(events, 'message_stop', 'error')]).toEqual([1, 1]);
    expect(count(events, 'message_delta')).toBe(count(events, 'message_stop'));
    expect(['message_stop', 'error']).toContain(events.at(-1)?.type);
    let next = 0;
    let open: number | undefined;
    for (const { type, index } of events) {
      if (type === 'content_block_start') expect([open, index]).toEqual([undefined, next]);
      else if (type?.startsWith('content_block')) expect(index).toBe(open);
      if (type === 'content_block_start') open = next++;
      if (type === 'content_block_stop') open = undefined;
    }
    expect(open).toBeUndefined();
  },
  'openai-responses': (text) => {
    const events = eventsOf(text);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, number) => number));
    expect(events[0]).toHaveProperty('type', 'response.created');
    expect(count(events, 'response.created')).toBe(1);
    expect(count(events, 'response.completed', 'response.incomplete', 'response.failed')).toBe(1);
    expect(['response.completed', 'response.incomplete', 'response.failed']).toContain(events.at(-1)?.type);
    if (count(events, 'error') === 0)
      expect(count(events, 'response.output_item.done')).toBe(count(events, 'response.output_item.added'));
  },
  gemini: (text) => {
    const events = eventsOf(text);
    const candidates = events.flatMap((event) => (event.candidates as Record<string, unknown>[]) ?? []);
    const isError = events.at(-1)?.error !== undefined;
    expect(candidates.filter(({ finishReason }) => finishReason).length).toBe(isError ? 0 : 1);
    expect(events.filter(({ error }) => error).length).toBe(isError ? 1 : 0);
  },
};

describe('an answer whose number is not 0', () => {
  const numbered = (index: number, delta: object, finish_reason: string | null = null) =>
    sseFrame(JSON.stringify({ id: 'c', choices: [{ index, delta, finish_reason }] }));
  const stream = (index: number) =>
    numbered(index, { content: 'Hello' }) + numbered(index, {}, 'stop') + sseFrame('[DONE]');

  it.each(protocols)('reaches a caller of %s who asked for one', (to) => {
    const text = relayed('openai-chat', to, Buffer.from(stream(1)), random(1)) ?? '';
    grammars[to](text);
    expect(text).toContain('Hello');
    expect(text).not.toContain('"error":{');
  });
});

describe.each(upstreamProtocols)('mutated streams of %s', (from) => {
  it.each(protocols)('keep the grammar of a caller of %s', (to) => {
    for (let seed = 0; seed < ROUNDS; seed++) {
      const pick = random(seed * 31 + from.length);
      const bytes = mutated(from, pick);
      try {
        const text = relayed(from, to, bytes, pick);
        if (text !== undefined) grammars[to](text);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n(seed ${seed}) ${bytes.toString()}`, { cause: error });
      }
    }
  });
});
