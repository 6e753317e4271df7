import { findProvider, type Protocol, protocols, quirksOf } from '@app/providers';
import type { ReplyContext } from '../chat/face';
import type { AnswerReader, StreamEvents } from '../lanes/lane';
import { PatchReader } from '../lanes/patch-reader';
import { TranslateReader } from '../lanes/translate-reader';
import { clientFace, upstreamFace, upstreamWire, wireOf } from '../protocols/faces';
import type { AttemptResult, Reply } from '../relay.types';
import { Exchange } from './exchange';

/** More levels than the stack holds, written as text: nothing can serialize them. */
const LEVELS = 10_000;
const deep = '['.repeat(LEVELS) + ']'.repeat(LEVELS);

const controller = { abort: () => undefined, pause: () => undefined, resume: () => undefined } as never;

interface Upstream {
  readonly whole: string;
  /** Something a caller gets, and the event after it. */
  readonly said: string;
  readonly event: string;
}

const data = (...events: readonly string[]): string => events.map((event) => `data: ${event}\n\n`).join('');
const call = (args: string) =>
  `"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":${args}}}]`;
const item = (args: string) => `{"type":"function_call","id":"fc_1","call_id":"c","name":"f","arguments":${args}}`;
const content = (input: string) => `{"type":"tool_use","id":"c","name":"f","input":${input}}`;
const candidate = (part: string, more = '') =>
  `{"candidates":[{"index":0,"content":{"role":"model","parts":[${part}]}${more}}]}`;

const upstreams: Record<Protocol, Upstream> = {
  'openai-chat': {
    whole: `{"choices":[{"index":0,"message":{"role":"assistant","content":"a",${call(deep)}},"finish_reason":"stop"}]}`,
    said: data('{"choices":[{"index":0,"delta":{"content":"Hello"}}]}'),
    event: data(`{"choices":[{"index":0,"delta":{${call(deep)}}}]}`),
  },
  'openai-responses': {
    whole: `{"status":"completed","output":[${item(deep)}]}`,
    said: data(
      '{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"m","role":"assistant","content":[]}}',
      '{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"Hello"}',
    ),
    event: data(`{"type":"response.output_item.done","output_index":1,"item":${item(deep)}}`),
  },
  'anthropic-messages': {
    whole: `{"type":"message","role":"assistant","content":[${content(deep)}],"stop_reason":"tool_use"}`,
    said: data(
      '{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[]}}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}',
    ),
    event: data(
      `{"type":"content_block_start","index":1,"content_block":${content(deep)}}`,
      '{"type":"content_block_stop","index":1}',
    ),
  },
  gemini: {
    whole: candidate(`{"functionCall":{"name":"f","args":{"x":${deep}}}}`, ',"finishReason":"STOP"'),
    said: data(candidate('{"text":"Hello"}')),
    event: data(candidate(`{"functionCall":{"name":"f","args":{"x":${deep}}}}`)),
  },
};

const bodies = { messages: [{ role: 'user', content: 'x' }], input: 'x', contents: [{ parts: [{ text: 'x' }] }] };

function readerOf(from: Protocol, to: Protocol, stream: boolean, events: StreamEvents): AnswerReader {
  const quirks = quirksOf({}, from);
  if (from === to) return new PatchReader(wireOf(from), quirks, false, events);
  const client = clientFace(to);
  const request = client.decodeRequest({ ...bodies, model: 'm', max_tokens: 9 }, { model: 'm', stream });
  const context: ReplyContext = { model: 'm', requestId: 'req_1', created: 1, includeUsage: false, request };
  const wire = upstreamWire(from);
  return new TranslateReader({ client, upstream: upstreamFace(from), wire, quirks, context, stream }, events);
}

/** What becomes of an upstream's answer, and what its caller has got of it. */
function answered(from: Protocol, to: Protocol, stream: boolean, body: string) {
  const written: string[] = [];
  const reply: Reply = {
    dropped: () => undefined,
    served: () => undefined,
    begin: () => undefined,
    write: (chunk) => written.push(String(chunk)) > 0,
    onDrain: () => undefined,
    onGone: () => undefined,
    isGone: false,
  };
  const exchange = new Exchange(
    {
      prepared: {
        call: { method: 'POST', url: 'https://x', headers: {}, body: null, dropped: [] },
        reader: (events) => readerOf(from, to, stream, events),
      },
      provider: findProvider('openai')!,
      stream,
      reply,
      scrub: String,
      firstByteMs: 30_000,
      endsBy: Date.now() + 30_000,
    },
    () => undefined,
  );
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
  exchange.onResponseData(controller, Buffer.from(body));
  exchange.onResponseEnd();
  return { result: exchange.result as AttemptResult, text: written.join('') };
}

const pairs = protocols.flatMap((from) => protocols.map((to) => ({ from, to })));
const unreadable = { kind: 'upstream_error', code: 'invalid_answer' };
const words = "The upstream's answer could not be read.";

describe.each(pairs.filter(({ from, to }) => from !== to))(
  'an answer of $from nested 10 000 deep, for a caller of $to',
  ({ from, to }) => {
    const { whole, said, event } = upstreams[from];

    it.each([
      ['whole', false, whole],
      ['streamed', true, event],
    ])('is a failure of the upstream before anything was said: %s', (_what, stream, body) => {
      const { result, text } = answered(from, to, stream, body);
      expect(result).toMatchObject({ kind: 'failed', failure: { ...unreadable, message: words } });
      expect(text).toBe('');
    });

    it('ends a stream that has begun with an error of the caller’s protocol', () => {
      const { result, text } = answered(from, to, true, said + event);
      expect(text).toContain('Hello');
      expect(result).toMatchObject({ kind: 'broken', failure: unreadable });
      const rest = result.kind === 'broken' ? String(result.rest) : '';
      const told = rest.split('\n').filter((line) => line.startsWith('data: {'));
      expect(told.at(-1)).toContain(words);
      expect(rest).not.toMatch(/\[DONE\]|message_stop|response\.completed|finishReason/);
    });
  },
);

describe.each(protocols)('where bytes pass, an answer of %s nested 10 000 deep', (protocol) => {
  const { whole, said, event } = upstreams[protocol];

  it.each([
    ['whole', false, whole],
    ['streamed', true, event],
    ['streamed behind text', true, said + event],
  ])('ends its own call at most: %s', (_what, stream, body) => {
    expect(answered(protocol, protocol, stream, body).result).not.toBeNull();
  });
});
