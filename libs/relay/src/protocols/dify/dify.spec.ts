import { sseFrame, SseParser } from '@app/core';
import { quirksOf } from '@app/providers';
import { text } from '../../chat/blocks';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { ChatRequest } from '../../chat/request';
import { difyUpstream, difyWire } from './upstream';

const quirks = quirksOf({}, 'dify');
const request = (over: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'support',
  stream: false,
  system: [],
  turns: [{ role: 'user', blocks: [text('hi')] }],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
  ...over,
});

const head = { task_id: 't', message_id: 'm1', conversation_id: 'c1', created_at: 1_760_000_000 };
const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25, total_price: '0.0001', currency: 'USD' };
const resources = [{ position: 1, document_name: 'faq.md', content: 'Grüße are greetings.' }];
const events: readonly object[] = [
  { event: 'workflow_started', ...head, data: { id: 'w' } },
  { event: 'message', ...head, answer: 'Grüße ' },
  { event: 'agent_thought', ...head, thought: 'hm', tool: 'search' },
  { event: 'agent_message', ...head, answer: 'aus 北京' },
  { event: 'node_finished', data: { status: 'succeeded' } },
  { event: 'message_end', ...head, metadata: { usage, retriever_resources: resources } },
];

function read(frames: string, size = frames.length): Part[] {
  const decoder = difyUpstream.decodeStream(quirks);
  const parts: Part[] = [];
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  const bytes = Buffer.from(frames);
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
  parser.end();
  parts.push(...decoder.end());
  return parts;
}

const folded = (parts: readonly Part[]) => {
  const fold = new Fold();
  for (const part of parts) fold.push(part);
  return { ...fold.reply(), error: fold.error };
};

const stream = `event: ping\n\n${events.map((event) => sseFrame(JSON.stringify(event))).join('')}`;

describe('an app of Dify', () => {
  it('is asked one question, always for a stream', () => {
    expect(difyUpstream.encodeRequest(request({ meta: { user: 'u1' } }), quirks)).toEqual({
      body: { inputs: {}, query: 'hi', response_mode: 'streaming', user: 'u1', auto_generate_name: false },
      dropped: [],
    });
  });

  it('gets the conversation as text, and pictures of the last turn', () => {
    const image = { kind: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } } as const;
    const { body, dropped } = difyUpstream.encodeRequest(
      request({
        system: [text('Be brief.')],
        turns: [
          { role: 'user', blocks: [text('hi')] },
          { role: 'assistant', blocks: [text('Hello.')] },
          { role: 'user', blocks: [text('And this?'), image] },
        ],
      }),
      quirks,
    );
    expect(body).toMatchObject({
      query: 'System: Be brief.\n\nUser: hi\n\nAssistant: Hello.\n\nUser: And this?',
      files: [{ type: 'image', transfer_method: 'remote_url', url: 'https://x.example/a.png' }],
      user: 'one-api',
    });
    expect(dropped).toEqual([]);
  });

  it('names what it is not told', () => {
    const { dropped } = difyUpstream.encodeRequest(
      request({
        turns: [
          {
            role: 'user',
            blocks: [{ kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } }, text('hi')],
          },
          { role: 'assistant', blocks: [{ kind: 'tool-call', id: 'c', name: 'f', input: '{}', type: 'function' }] },
          { role: 'user', blocks: [{ kind: 'tool-result', callId: 'c', type: 'function', content: [text('42')] }] },
        ],
        tools: [{ kind: 'function', name: 'f' }],
        toolChoice: { kind: 'required' },
        sampling: { temperature: 0, candidates: 1, maxOutputTokens: 9, logprobs: false },
        reasoning: { effort: 'high' },
        format: { kind: 'json' },
        meta: { serviceTier: 'auto', store: true, modalities: ['text'] },
        extensions: [{ issuer: 'openai', path: 'web_search_options', value: {} }],
      }),
      quirks,
    );
    expect([...dropped].sort()).toEqual(
      [
        ...['turns.image', 'turns.tool-call', 'turns.tool-result', 'sampling.temperature', 'sampling.maxOutputTokens'],
        ...['tools[f]', 'toolChoice', 'reasoning', 'format', 'meta.store', 'extensions.web_search_options'],
      ].sort(),
    );
  });

  it('is heard to the end, with usage and sources, however its stream is cut', () => {
    const whole = read(stream);
    expect(folded(whole)).toMatchObject({
      id: 'm1',
      created: 1_760_000_000,
      candidates: [
        {
          blocks: [
            {
              kind: 'text',
              text: 'Grüße aus 北京',
              citations: [{ title: 'faq.md', citedText: 'Grüße are greetings.' }],
            },
          ],
          finish: { reason: 'stop' },
        },
      ],
      usage: { input: 20, output: 5 },
      error: undefined,
    });
    for (const size of [1, 2, 3, 7, 50]) expect(read(stream, size)).toEqual(whole);
  });

  it('may answer at once', () => {
    const answer = { event: 'message', ...head, mode: 'chat', answer: 'Grüße', metadata: { usage } };
    expect(difyUpstream.decodeReply(answer, quirks)).toMatchObject({
      candidates: [{ blocks: [{ kind: 'text', text: 'Grüße' }], finish: { reason: 'stop' } }],
      usage: { input: 20, output: 5 },
    });
    expect(difyWire.whole(answer, quirks)).toMatchObject({ meaningful: true, usage: { input: 20, output: 5 } });
  });

  it.each([
    [{ event: 'error', status: 400, code: 'provider_quota_exceeded', message: 'no quota' }, 'provider_quota_exceeded'],
    [{ event: 'workflow_finished', data: { status: 'failed', error: 'node broke' } }, 'workflow_failed'],
  ])('fails with %j', (event, code) => {
    const { error, usage: used } = folded(read(sseFrame(JSON.stringify(event)) + stream));
    expect(error).toMatchObject({ code });
    expect(used).toBeUndefined();
  });

  it('says nothing of its usage where it does not know, and that moderation took an answer back', () => {
    const ends = [events[1]!, { event: 'message_replace', answer: '…' }, { event: 'message_end', metadata: {} }];
    const { usage: used, candidates } = folded(read(ends.map((event) => sseFrame(JSON.stringify(event))).join('')));
    expect(used).toBeUndefined();
    expect(candidates[0]?.finish.reason).toBe('content-filter');
  });

  it('that breaks off has not finished', () => {
    expect(read(sseFrame(JSON.stringify(events[1]))).some(({ kind }) => kind === 'finish')).toBe(false);
  });
});
