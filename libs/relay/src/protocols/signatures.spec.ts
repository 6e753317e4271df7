import { type Protocol, quirksOf } from '@app/providers';
import type { ChatRequest } from '../chat/request';
import { arrayAt, type JsonObject, objectAt, textAt } from '../json';
import { clientFace, upstreamFace } from './faces';

const quirks = quirksOf({}, 'gemini');
const gemini = upstreamFace('gemini');
const model = 'gemini-3-flash-preview';
const request: ChatRequest = {
  model,
  stream: false,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
};
const context = { model, requestId: 'req_1', created: 0, includeUsage: true, request };

const parts = [
  { text: 'Two things to look up.', thought: true },
  { text: 'One moment.' },
  { functionCall: { name: 'f', args: { city: 'Rom' } }, thoughtSignature: 'c2lnbmF0dXJl' },
  { functionCall: { name: 'g', args: {} } },
];
const results = ['f', 'g'].map((name) => ({ functionResponse: { name, response: { output: 'ok' } } }));
const answer = {
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
  responseId: 'r-1',
};

const user = { role: 'user', content: 'Hi' };

/** How a caller of each protocol sends an answer back, with the results of its calls. */
const sendBack: Readonly<Record<Protocol, (answer: JsonObject) => JsonObject>> = {
  'openai-chat': (reply) => {
    const message = objectAt(arrayAt(reply, 'choices')[0], 'message');
    const ids = arrayAt(message, 'tool_calls').map((call) => textAt(call, 'id'));
    return { messages: [user, message, ...ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'ok' }))] };
  },
  'openai-responses': (reply) => {
    const output = arrayAt(reply, 'output');
    const calls = output.filter((item) => textAt(item, 'type') === 'function_call');
    const outputs = calls.map((call) => ({
      type: 'function_call_output',
      call_id: textAt(call, 'call_id'),
      output: 'ok',
    }));
    return { store: false, input: [user, ...output, ...outputs] };
  },
  'anthropic-messages': (reply) => {
    const content = arrayAt(reply, 'content');
    const calls = content.filter((block) => textAt(block, 'type') === 'tool_use');
    const given = calls.map((call) => ({ type: 'tool_result', tool_use_id: textAt(call, 'id'), content: 'ok' }));
    return { max_tokens: 9, messages: [user, { role: 'assistant', content }, { role: 'user', content: given }] };
  },
  gemini: (reply) => {
    const content = objectAt(arrayAt(reply, 'candidates')[0], 'content');
    return { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }, content, { role: 'user', parts: results }] };
  },
};

describe("Gemini's thought signatures on replayed tool calls", () => {
  it.each(Object.keys(sendBack) as Protocol[])('come back on their call through a caller of %s', (protocol) => {
    const face = clientFace(protocol);
    const reply = JSON.parse(
      JSON.stringify(face.encodeReply(gemini.decodeReply(answer, quirks), context)),
    ) as JsonObject;
    const body = { model, ...sendBack[protocol](reply) };
    const chat = face.decodeRequest(body, { model, stream: false });
    expect(gemini.encodeRequest(chat, quirks).body.contents).toEqual([
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts },
      { role: 'user', parts: results },
    ]);
  });
});
