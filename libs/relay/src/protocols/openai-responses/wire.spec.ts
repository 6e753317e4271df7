import { quirksOf } from '@app/providers';
import type { JsonObject } from '../../json';
import { Body } from '../../request/members';
import { openaiResponsesWire as wire } from './wire';

const quirks = quirksOf({}, 'openai-responses');
const bodyOf = (text: string): Body => Body.parse(Buffer.from(text, 'utf8'));
const usage = { input_tokens: 9, output_tokens: 4 };
const look = (data: unknown, name?: string) => wire.event(data, name, quirks);

describe('the wire of OpenAI Responses', () => {
  it.each<[string, JsonObject]>([
    ['response.created', { response: { status: 'in_progress', error: null } }],
    ['response.output_item.added', { item: { type: 'message', content: [] } }],
    ['response.output_text.delta', { delta: '' }],
    ['response.output_text.done', { text: 'Hi' }],
  ])('finds nothing a caller waits for in %s', (type, event) => {
    expect(look({ type, ...event })).toMatchObject({ meaningful: false, terminal: false, textBytes: 0 });
  });

  it.each([
    'response.output_text.delta',
    'response.refusal.delta',
    'response.function_call_arguments.delta',
    'response.reasoning_text.delta',
  ])('counts the bytes of %s', (type) => {
    expect(look({ type, delta: 'é!' })).toMatchObject({ meaningful: true, textBytes: 3 });
  });

  it.each([
    ['response.completed', { status: 'completed', usage }, 'completed'],
    [
      'response.incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, usage },
      'max_output_tokens',
    ],
  ])('ends with %s, which alone tells usage', (type, response, finish) => {
    expect(look({ type, response })).toMatchObject({ terminal: true, finish, usage: { input: 9, output: 4 } });
  });

  it('sees failures: nested, flat, in the response, without a type', () => {
    expect(look({ type: 'error', error: { code: 'a' } }).error).toEqual({ code: 'a' });
    expect(look({ type: 'error', code: 'b' }).error).toMatchObject({ code: 'b' });
    expect(look({ type: 'response.failed', response: { error: { code: 'c' } } }).error).toEqual({ code: 'c' });
    expect(look({ error: { code: 'd' } }).error).toEqual({ code: 'd' });
    expect(wire.whole({ status: 'failed', error: { code: 'e' } }, quirks).error).toEqual({ code: 'e' });
  });

  it('reads a whole answer', () => {
    const output = [
      { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] },
      { type: 'function_call', arguments: '{}' },
    ];
    expect(wire.whole({ status: 'completed', error: null, output, usage }, quirks)).toMatchObject({
      meaningful: true,
      textBytes: 4,
      finish: 'completed',
      usage: { input: 9, output: 4 },
    });
  });

  it('ends a broken stream with an error, never cleanly', () => {
    const frame = wire.failureFrame('Gone', 'upstream_error');
    expect(frame).toMatch(/^event: error\n/);
    expect(look(JSON.parse(frame.slice(frame.indexOf('{')))).error).toMatchObject({
      message: 'Gone',
      code: 'upstream_error',
    });
  });

  it.each([
    ['{}', 'input'],
    ['{"input":5}', 'input'],
    ['{"input":"x","tools":{}}', 'tools'],
  ])('refuses %s naming the field', (text, param) => {
    expect(() => wire.check(bodyOf(text))).toThrow(expect.objectContaining({ extra: { param } }));
  });

  it.each(['{"input":"x"}', '{"input":[]}', '{"prompt":{"id":"p"}}', '{"previous_response_id":"resp_1"}'])(
    'takes %s',
    (text) => {
      expect(() => wire.check(bodyOf(text))).not.toThrow();
    },
  );
});
