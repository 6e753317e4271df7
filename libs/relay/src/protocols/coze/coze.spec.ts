import { sseFrame, SseParser } from '@app/core';
import { quirksOf } from '@app/providers';
import { text } from '../../chat/blocks';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { ChatRequest } from '../../chat/request';
import { cozeUpstream, cozeWire } from './upstream';

const quirks = quirksOf({}, 'coze');

const chat = { id: 'chat1', conversation_id: 'c1', bot_id: '738', last_error: { code: 0, msg: '' } };
const delta = (content: string, more: object = {}) => ({
  ...{ id: 'm1', role: 'assistant', type: 'answer', content, content_type: 'text', chat_id: 'chat1' },
  ...more,
});
const counted = { token_count: 25, input_count: 20, output_count: 5 };

type Event = readonly [name: string, data: unknown];

const frames = (events: readonly Event[]): string =>
  events.map(([name, data]) => sseFrame(JSON.stringify(data), name)).join('');

const answered: readonly Event[] = [
  ['conversation.chat.created', { ...chat, status: 'created', usage: { input_count: 0, output_count: 0 } }],
  ['conversation.message.delta', delta('', { reasoning_content: 'Hm.' })],
  ['conversation.message.delta', delta('Grüße ')],
  ['conversation.message.delta', delta('aus 北京')],
  ['conversation.message.completed', delta('Grüße aus 北京')],
  ['conversation.message.completed', delta('{"msg_type":"generate_answer_finish"}', { id: 'm2', type: 'verbose' })],
  ['conversation.message.completed', delta('Anything else?', { id: 'm3', type: 'follow_up' })],
  ['conversation.chat.completed', { ...chat, status: 'completed', usage: counted }],
  ['done', '[DONE]'],
];

function read(stream: string, size = stream.length): Part[] {
  const decoder = cozeUpstream.decodeStream(quirks);
  const parts: Part[] = [];
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  const bytes = Buffer.from(stream);
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

describe('a bot of Coze', () => {
  it('is asked by its id and gets the whole conversation', () => {
    const request: ChatRequest = {
      model: '738',
      stream: false,
      system: [text('Be brief.')],
      turns: [
        { role: 'user', blocks: [text('hi')] },
        { role: 'assistant', blocks: [text('Hello.')] },
        {
          role: 'user',
          blocks: [text('This?'), { kind: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }],
        },
      ],
      tools: [],
      sampling: { temperature: 1 },
      meta: { user: 'u1' },
      extensions: [],
    };
    const content = '[{"type":"text","text":"This?"},{"type":"image","file_url":"https://x.example/a.png"}]';
    expect(cozeUpstream.encodeRequest(request, quirks)).toEqual({
      body: {
        bot_id: '738',
        user_id: 'u1',
        stream: true,
        auto_save_history: false,
        additional_messages: [
          { role: 'user', type: 'question', content: 'Be brief.', content_type: 'text' },
          { role: 'user', type: 'question', content: 'hi', content_type: 'text' },
          { role: 'assistant', type: 'answer', content: 'Hello.', content_type: 'text' },
          { role: 'user', type: 'question', content, content_type: 'object_string' },
        ],
      },
      dropped: ['sampling.temperature', 'turns.system'],
    });
  });

  it('is heard to the end: answer and thoughts once, no small talk, however its stream is cut', () => {
    const whole = read(frames(answered));
    expect(folded(whole)).toMatchObject({
      id: 'chat1',
      candidates: [
        {
          blocks: [
            { kind: 'reasoning', text: 'Hm.' },
            { kind: 'text', text: 'Grüße aus 北京' },
          ],
          finish: { reason: 'stop' },
        },
      ],
      usage: { input: 20, output: 5 },
      error: undefined,
    });
    for (const size of [1, 2, 3, 7, 50]) expect(read(frames(answered), size)).toEqual(whole);
  });

  it('may say a message at once', () => {
    const events: Event[] = [
      ['conversation.message.completed', delta('At once.', { id: 'w1' })],
      ['conversation.message.delta', delta('Then more.', { id: 'w2' })],
      ['conversation.chat.completed', { ...chat, usage: counted }],
    ];
    const { candidates } = folded(read(frames(events)));
    expect(candidates[0]?.blocks).toMatchObject([{ text: 'At once.' }, { text: 'Then more.' }]);
  });

  it.each<[Event, object]>([
    [['conversation.chat.failed', { ...chat, last_error: { code: 5000, msg: 'broke' } }], { code: 5000, message: 'broke' }], // prettier-ignore
    [['error', { code: 4013, msg: 'slow down' }], { code: 4013, message: 'slow down' }],
    [['conversation.chat.requires_action', chat], { code: 'requires_action' }],
  ])('fails with %j', (event, error) => {
    expect(folded(read(frames([event, ...answered]))).error).toMatchObject(error);
  });

  it('tells its errors in a 200, and that it has only begun', () => {
    expect(cozeWire.whole({ code: 4100, msg: 'bad token' }, quirks).error).toEqual({
      code: 4100,
      message: 'bad token',
    });
    expect(cozeWire.whole({ code: 0, data: chat }, quirks)).toMatchObject({ meaningful: false });
    expect(cozeWire.whole({ ...chat, status: 'created' }, quirks).error).toBeUndefined();
  });
});
