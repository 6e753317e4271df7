import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { SseParser } from '@app/core';
import { quirksOf } from '@app/providers';
import type { ReplyContext } from '../../chat/face';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { ChatReply } from '../../chat/reply';
import { arrayAt, isObject, type JsonObject, objectAt, parseJson } from '../../json';
import { decodeReply } from './decode-reply';
import { decodeRequest } from './decode-request';
import { ResponseStreamDecoder } from './decode-stream';
import { encodeReply } from './encode-reply';
import { ResponseStreamEncoder } from './encode-stream';

const quirks = quirksOf({}, 'openai-responses');
const contextOf = (body: JsonObject = {}): ReplyContext => ({
  model: 'gpt-test',
  requestId: 'req_0123456789abcdef',
  created: 1_700_000_000,
  includeUsage: true,
  request: decodeRequest({ model: 'gpt-test', input: 'Hi', ...body }, {}),
});

/** Thoughts, text with a source, two calls side by side. */
const answer: readonly Part[] = [
  { kind: 'start', id: 'upstream-1', model: 'other' },
  { kind: 'reasoning-start', block: 0, candidate: 0 },
  { kind: 'text-delta', block: 0, text: 'Let me ' },
  { kind: 'text-delta', block: 0, text: 'see.' },
  { kind: 'signature', block: 0, signature: { issuer: 'anthropic', value: 'c2lnbg==' } },
  { kind: 'block-end', block: 0 },
  { kind: 'text-start', block: 1, candidate: 0, phase: 'commentary' },
  { kind: 'text-delta', block: 1, text: 'Grüße, ' },
  { kind: 'text-delta', block: 1, text: '世界' },
  { kind: 'citation', block: 1, citation: { url: 'https://a.example', title: 'A', start: 0, end: 5 } },
  { kind: 'block-end', block: 1 },
  { kind: 'tool-call-start', block: 2, candidate: 0, id: 'functions.f:0', name: 'f', type: 'function' },
  { kind: 'tool-call-start', block: 3, candidate: 0, id: 'call_b', name: 'g', type: 'custom' },
  { kind: 'input-delta', block: 2, text: '{"a":' },
  { kind: 'input-delta', block: 3, text: 'free' },
  { kind: 'input-delta', block: 2, text: '1}' },
  { kind: 'signature', block: 2, signature: { issuer: 'gemini', value: 'dGhvdWdodA==' } },
  { kind: 'block-end', block: 2 },
  { kind: 'block-end', block: 3 },
  { kind: 'finish', candidate: 0, finish: { reason: 'tool-calls' } },
  { kind: 'usage', usage: { input: 10, cacheRead: 5, output: 7, reasoning: 3 } },
];

function streamed(parts: readonly Part[], context = contextOf()): string {
  const encoder = new ResponseStreamEncoder(context);
  return [...parts.flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
}

function eventsOf(text: string): JsonObject[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => parseJson(line.slice('data: '.length)))
    .filter(isObject);
}

function decoded(text: string, step = text.length): { reply: ChatReply; error: unknown } {
  const fold = new Fold();
  const decoder = new ResponseStreamDecoder(quirks);
  const parser = new SseParser((event) => decoder.push(event).forEach((part) => fold.push(part)));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step));
  parser.end();
  decoder.end().forEach((part) => fold.push(part));
  return { reply: fold.reply(), error: fold.error };
}

const folded = (parts: readonly Part[]): ChatReply => {
  const fold = new Fold();
  parts.forEach((part) => fold.push(part));
  return fold.reply();
};

const typesOf = (text: string): unknown[] => eventsOf(text).map(({ type }) => type);

describe('a response streamed to a caller', () => {
  const text = streamed(answer);
  const events = eventsOf(text);

  it('numbers its events without gaps and names each twice', () => {
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect(text.match(/^event: .*/gm)).toEqual(events.map(({ type }) => `event: ${String(type)}`));
  });

  it('climbs the whole ladder of a message', () => {
    const text = streamed([
      { kind: 'start' },
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'text-delta', block: 0, text: 'Hi' },
      { kind: 'block-end', block: 0 },
      { kind: 'finish', candidate: 0, finish: { reason: 'stop' } },
    ]);
    expect(typesOf(text)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('keeps one id per item, which is not the id of the call', () => {
    for (const { item_id: id, output_index: index } of events.filter((event) => event.item_id !== undefined)) {
      const added = events.find((event) => event.type === 'response.output_item.added' && event.output_index === index);
      expect(objectAt(added, 'item')?.id).toBe(id);
      expect(objectAt(added, 'item')?.call_id).not.toBe(id);
    }
  });

  it('ends with the response an unstreamed answer would be', () => {
    const parts = answer.filter((part) => part.kind !== 'signature' || part.block === 0);
    const whole = encodeReply(folded(parts), contextOf());
    expect(eventsOf(streamed(parts)).at(-1)?.response).toEqual(parseJson(JSON.stringify(whole)));
  });

  it('says that the last item is incomplete when the answer was cut', () => {
    const cut = answer.map((part): Part => (part.kind === 'finish' ? { ...part, finish: { reason: 'length' } } : part));
    const last = eventsOf(streamed(cut)).at(-1);
    expect(last?.type).toBe('response.incomplete');
    expect(last?.response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  });

  it.each([0, 3, 8, 15])('never ends cleanly when the upstream stops after %i parts', (count) => {
    const types = typesOf(streamed(answer.slice(0, count)));
    expect(types.slice(-2)).toEqual(['error', 'response.failed']);
    expect(types).not.toContain('response.completed');
  });

  it('tells the error of an upstream', () => {
    const events = eventsOf(
      streamed([{ kind: 'start' }, { kind: 'error', error: { type: 'overloaded_error', message: 'Busy' } }]),
    );
    expect(events.at(-2)).toMatchObject({ type: 'error', code: 'overloaded_error', message: 'Busy' });
    expect(events.at(-1)?.response).toMatchObject({
      status: 'failed',
      error: { code: 'overloaded_error', message: 'Busy' },
    });
  });

  it('puts a tool back into its namespace', () => {
    const tools = [{ type: 'namespace', name: 'crm', description: '', tools: [{ type: 'function', name: 'f' }] }];
    const response = encodeReply(folded(answer), contextOf({ tools }));
    expect(response.output).toContainEqual(expect.objectContaining({ name: 'f', namespace: 'crm' }));
  });

  it('repeats the request', () => {
    const body = {
      instructions: 'Be brief',
      max_output_tokens: 99,
      previous_response_id: 'resp_1',
      metadata: { a: 'b' },
    };
    expect(encodeReply(folded(answer), contextOf(body))).toMatchObject({
      ...body,
      id: 'resp_0123456789abcdef',
      status: 'completed',
    });
  });
});

describe('signatures of other vendors', () => {
  const input = [...arrayAt(encodeReply(folded(answer), contextOf()), 'output')];
  const { turns } = decodeRequest({ model: 'm', input }, {});
  const blocks = turns.flatMap((turn) => turn.blocks);

  it('come back with the thoughts they belong to', () => {
    expect(blocks[0]).toMatchObject({
      kind: 'reasoning',
      text: 'Let me see.',
      signature: { issuer: 'anthropic', value: 'c2lnbg==' },
    });
  });

  it('come back with the call they belong to, though another call stands between', () => {
    const calls = blocks.filter(({ kind }) => kind === 'tool-call');
    expect(calls).toEqual([
      expect.objectContaining({ id: 'functions.f:0', signature: { issuer: 'gemini', value: 'dGhvdWdodA==' } }),
      expect.not.objectContaining({ signature: expect.anything() }),
    ]);
  });

  it('come back with thoughts that were shown as a summary, hidden thoughts and foreign blocks', () => {
    const hidden: Part[] = [
      { kind: 'reasoning-start', block: 9, candidate: 0 },
      { kind: 'signature', block: 9, signature: { issuer: 'anthropic', value: 'aGlkZGVu' }, redacted: true },
      { kind: 'block-end', block: 9 },
      {
        kind: 'block',
        block: 10,
        candidate: 0,
        value: { kind: 'opaque', issuer: 'anthropic', type: 'server_tool_use', value: { id: 'srv' } },
      },
    ];
    const parts = [
      ...answer.slice(0, 6),
      ...hidden,
      { kind: 'finish', candidate: 0, finish: { reason: 'stop' } } as const,
    ];
    const { output } = encodeReply(folded(parts), contextOf({ reasoning: { summary: 'auto' } }));
    expect(decodeRequest({ model: 'm', input: output }, {}).turns[0]?.blocks).toEqual([
      { kind: 'reasoning', text: 'Let me see.', signature: { issuer: 'anthropic', value: 'c2lnbg==' } },
      { kind: 'reasoning', text: '', signature: { issuer: 'anthropic', value: 'aGlkZGVu' }, redacted: true },
      { kind: 'opaque', issuer: 'anthropic', type: 'server_tool_use', value: { id: 'srv' } },
    ]);
  });
});

describe('a response read from an upstream', () => {
  const text = streamed(answer);

  it.each([1, 2, 7, 64])('is the same cut into pieces of %i bytes', (step) => {
    expect(decoded(text, step)).toEqual(decoded(text));
  });

  it('folds to the unstreamed answer', () => {
    const { reply } = decoded(text);
    expect(reply).toEqual(decodeReply(eventsOf(text).at(-1)?.response as JsonObject, quirks));
  });

  it('survives missing event lines, missing numbers and [DONE] (OpenRouter, Bedrock)', () => {
    const bare = `${text.replace(/^event: .*\n/gm, '').replace(/"sequence_number":\d+,/g, '')}data: [DONE]\n\n`;
    expect(decoded(bare)).toEqual(decoded(text));
  });

  it('goes by output_index where ids change with every event (GitHub Copilot)', () => {
    let number = 0;
    const rotated = text.replace(/"item_id":"[^"]*"/g, () => `"item_id":"x${number++}"`);
    expect(decoded(rotated)).toEqual(decoded(text));
  });

  it('is read from its last event alone', () => {
    const frames = text.trim().split('\n\n');
    expect(decoded(`${frames[0]}\n\n${frames.at(-1)}\n\n`).reply.candidates).toEqual(decoded(text).reply.candidates);
  });

  it('has no finish when it was cut', () => {
    const cut = text.slice(0, text.indexOf('event: response.completed'));
    expect(decoded(cut).reply.candidates[0]?.finish).toEqual({ reason: 'other' });
  });

  it('tells an error once, nested or flat', () => {
    const nested = 'data: {"type":"error","error":{"code":"insufficient_quota","message":"Quota"}}\n\n';
    const failed =
      'data: {"type":"response.failed","response":{"error":{"code":"server_error","message":"Other"}}}\n\n';
    expect(decoded(nested + failed).error).toMatchObject({ code: 'insufficient_quota' });
    expect(decoded('data: {"type":"error","code":"x","message":"Flat"}\n\n').error).toMatchObject({
      code: 'x',
      message: 'Flat',
    });
    expect(decoded(failed).error).toMatchObject({ code: 'server_error' });
  });

  it.each([
    ['max_output_tokens', 'length'],
    ['max_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['new_reason', 'other'],
  ])('incomplete for %s ends with %s', (raw, reason) => {
    const answer = { status: 'incomplete', incomplete_details: { reason: raw }, output: [] };
    expect(decodeReply(answer, quirks).candidates[0]?.finish).toEqual({ reason, raw });
  });

  it('shows a refusal', () => {
    const content = [{ type: 'refusal', refusal: 'No.' }];
    const reply = decodeReply({ status: 'completed', output: [{ type: 'message', content }] }, quirks);
    expect(reply.candidates[0]).toMatchObject({
      blocks: [{ kind: 'refusal', text: 'No.' }],
      finish: { reason: 'refusal' },
    });
    expect(encodeReply(reply, contextOf())).toMatchObject({ status: 'completed', output: [{ content }] });
  });
});

it('is read by the official SDK, streamed', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(streamed(answer));
  }).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
    const response = await client.responses.stream({ model: 'gpt-test', input: 'Hi' }).finalResponse();
    expect(response.output_text).toBe('Grüße, 世界');
    expect(response.output.find((item) => item.type === 'function_call')).toMatchObject({
      call_id: 'functions.f:0',
      arguments: '{"a":1}',
    });
    expect(response.usage).toMatchObject({ input_tokens: 15, output_tokens: 10, total_tokens: 25 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('keeps an answer through both faces', () => {
  const reply = folded(answer.filter(({ kind }) => kind !== 'signature'));
  const { candidates, usage } = decodeReply(encodeReply(reply, contextOf()), quirks);
  const kinds = (blocks: ChatReply['candidates'][number]['blocks'] = []) => blocks.map(({ kind }) => kind);
  expect(kinds(candidates[0]?.blocks)).toEqual(kinds(reply.candidates[0]?.blocks));
  expect(candidates[0]?.finish.reason).toBe('tool-calls');
  expect(usage).toMatchObject({ input: 10, cacheRead: 5, output: 7, reasoning: 3 });
});
