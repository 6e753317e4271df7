import { RelayError } from '../relay.errors';
import { Conversation, type ServerStep } from './conversation';
import { type Frame, frameOf, typeOf } from './frame';
import { goodbyeTo } from './goodbye';
import type { Turn } from './turn';
import { responseUsage, transcriptionUsage } from './usage';

const options = { model: 'ours', upstreamModel: 'theirs', usualOutput: 4096 };

const text = (value: string): Frame => ({ data: Buffer.from(value), binary: false });

function begun(conversation: Conversation, event: object = {}): Turn {
  const step = conversation.fromClient(frameOf({ type: 'response.create', ...event }));
  if (step.kind !== 'begin') throw new Error(`no turn but ${step.kind}`);
  return step.turn;
}

const created = (conversation: Conversation, id: string) =>
  conversation.fromServer(
    frameOf({ type: 'response.created', event_id: 'e', response: { id, status: 'in_progress' } }),
  );

const done = (conversation: Conversation, id: string, response: object = {}): ServerStep =>
  conversation.fromServer(
    frameOf({ type: 'response.done', event_id: 'e', response: { id, status: 'completed', ...response } }),
  );

describe('the type of an event', () => {
  it.each([
    ['{"type":"response.done","event_id":"e"}', 'response.done'],
    ['{"event_id":"event_1","type":"response.create"}', 'response.create'],
    [' { "type" : "session.update" }', 'session.update'],
    ['{"audio":"AAAA","type":"input_audio_buffer.append"}', 'input_audio_buffer.append'],
    ['{"response":{"type":"inner"},"type":"outer"}', 'outer'],
    ['{"type":7}', undefined],
    ['no json', undefined],
    ['[]', undefined],
  ])('of %s is %s', (frame, type) => expect(typeOf(text(frame))).toBe(type));

  it('is not looked for in binary frames', () => {
    expect(typeOf({ data: Buffer.from('{"type":"x"}'), binary: true })).toBeUndefined();
  });
});

describe("a response's usage", () => {
  const details = { text_tokens: 313, audio_tokens: 476, image_tokens: 0, cached_tokens: 640 };
  it.each([
    [
      'counts what was cached once, whatever kind it is',
      {
        input_tokens: 789,
        output_tokens: 32,
        input_token_details: { ...details, cached_tokens_details: { text_tokens: 256, audio_tokens: 384 } },
        output_token_details: { text_tokens: 9, audio_tokens: 23 },
      },
      { input: 57, cacheRead: 640, audioIn: 92, output: 9, audioOut: 23 },
    ],
    [
      'knows images',
      {
        input_tokens: 30,
        output_tokens: 1,
        input_token_details: {
          text_tokens: 10,
          image_tokens: 20,
          cached_tokens: 5,
          cached_tokens_details: { image_tokens: 5 },
        },
      },
      { input: 10, cacheRead: 5, imageIn: 15, output: 1 },
    ],
    ['needs no details', { input_tokens: 3, output_tokens: 4 }, { input: 3, output: 4 }],
    ['may be absent', null, undefined],
    ['may be empty', {}, undefined],
  ])('%s', (_, usage, buckets) => expect(responseUsage(usage)).toEqual(buckets));

  it('never is negative', () => {
    expect(responseUsage({ input_tokens: -5, output_tokens: -7 })).toEqual({ input: 0, output: 0, corrected: true });
  });

  it('of a transcription is in tokens, or estimated from its length', () => {
    const counted = { type: 'tokens', input_tokens: 12, output_tokens: 3, input_token_details: { audio_tokens: 10 } };
    expect(transcriptionUsage(counted)).toEqual({ usage: { input: 2, audioIn: 10, output: 3 }, counted: true });
    const timed = { usage: { input: 0, audioIn: 15, output: 0 }, counted: false };
    expect(transcriptionUsage({ type: 'duration', seconds: 1.5 })).toEqual(timed);
  });
});

describe('a conversation', () => {
  let conversation: Conversation;
  beforeEach(() => (conversation = new Conversation(options)));

  it('ends each turn with its own usage, in whatever order they end', () => {
    const first = begun(conversation);
    const second = begun(conversation, { response: { conversation: 'none' } });
    created(conversation, 'r1');
    created(conversation, 'r2');
    const usage = { input_tokens: 1, output_tokens: 2 };
    expect(done(conversation, 'r2', { usage })).toMatchObject({ kind: 'end', end: { usage: { input: 1, output: 2 } } });
    const step = done(conversation, 'r1');
    expect(step).toMatchObject({ kind: 'end', end: { usage: undefined, failure: null } });
    expect(step.kind === 'end' && step.turn).toBe(first);
    expect(first).not.toBe(second);
  });

  it('begins a turn that nobody asked for, once', () => {
    expect(created(conversation, 'r1').kind).toBe('begin');
    expect(done(conversation, 'r1').kind).toBe('end');
  });

  it('does not charge a response twice that is told twice', () => {
    begun(conversation);
    created(conversation, 'r1');
    expect(done(conversation, 'r1').kind).toBe('end');
    expect(done(conversation, 'r1').kind).toBe('pass');
  });

  it('charges a response of which only the end was told', () => {
    expect(done(conversation, 'r9', { usage: { input_tokens: 5, output_tokens: 5 } }).kind).toBe('end');
  });

  it('lets go of the turn an error names, and of no other', () => {
    const named = begun(conversation, { event_id: 'mine' });
    const other = conversation.fromServer(frameOf({ type: 'error', error: { code: 'invalid_value', event_id: 'e9' } }));
    expect(other).toMatchObject({ kind: 'error', turn: undefined });
    const step = conversation.fromServer(
      frameOf({ type: 'error', error: { code: 'invalid_value', event_id: 'mine' } }),
    );
    expect(step.kind === 'error' && step.turn).toBe(named);
    expect(created(conversation, 'r1').kind).toBe('begin');
  });

  it('tells a failed response from one that was broken off', () => {
    begun(conversation);
    const failed = { status: 'failed', status_details: { error: { code: 'rate_limit_exceeded' } } };
    expect(done(conversation, 'r1', failed)).toMatchObject({ end: { failure: 'rate_limit_exceeded' } });
    begun(conversation);
    expect(done(conversation, 'r2', { status: 'cancelled' })).toMatchObject({ end: { failure: null } });
  });

  it('holds for what was said before and since, and for the most that may be answered', () => {
    begun(conversation);
    done(conversation, 'r1', { usage: { input_tokens: 100, output_tokens: 50 } });
    const content = [{ type: 'input_text', text: 'x'.repeat(40) }];
    conversation.fromClient(frameOf({ type: 'conversation.item.create', item: { type: 'message', content } }));
    const audio = Buffer.alloc(48_000).toString('base64');
    conversation.fromClient(frameOf({ type: 'input_audio_buffer.append', audio }));
    const { plan, most } = begun(conversation, { response: { max_output_tokens: 77, output_modalities: ['text'] } });
    expect(plan).toMatchObject({ input: 160, output: 77, speaks: false });
    expect(plan.audioIn).toBeGreaterThanOrEqual(10);
    expect(plan.audioIn).toBeLessThan(12);
    expect(most).toEqual({ input: 160, audioIn: plan.audioIn, output: 77 });
  });

  it('does not hold for the silence before the speech', () => {
    const audio = Buffer.alloc(4_800_000).toString('base64');
    conversation.fromClient(frameOf({ type: 'input_audio_buffer.append', audio }));
    conversation.fromServer(frameOf({ type: 'input_audio_buffer.speech_started' }));
    expect(begun(conversation).plan.audioIn).toBe(0);
  });

  it.each([
    ['response.output_audio.delta', { audio: { output: { format: { type: 'audio/pcm' } } } }, 2_400 * 20, 20],
    ['response.audio.delta', { output_audio_format: 'g711_ulaw' }, 400 * 20, 20],
  ])('estimates what %s delivered by its length and format', (type, session, bytes, spoken) => {
    conversation.fromServer(frameOf({ type: 'session.updated', session }));
    const turn = begun(conversation);
    created(conversation, 'r1');
    expect(turn.delivered).toBeNull();
    for (const part of [1, 2]) {
      const delta = Buffer.alloc(bytes / 2).toString('base64');
      conversation.fromServer(frameOf({ type, event_id: `event_${part}`, response_id: 'r1', delta }));
    }
    expect(turn.delivered).toEqual({ input: 0, audioIn: 0, output: 0, audioOut: spoken });
  });

  it("passes the model's name on as the upstream knows it, and refuses another", () => {
    const same = conversation.fromClient(frameOf({ type: 'session.update', session: { model: 'ours', voice: 'a' } }));
    expect(same.kind === 'pass' && JSON.parse(String(same.frame?.data))).toEqual({
      type: 'session.update',
      session: { model: 'theirs', voice: 'a' },
    });
    const other = conversation.fromClient(frameOf({ type: 'session.update', event_id: 'e', session: { model: 'x' } }));
    expect(other).toMatchObject({ kind: 'refuse', eventId: 'e', error: expect.any(RelayError) });
  });

  it('bounds the answers that are waited for', () => {
    for (let count = 0; count < 16; count++) begun(conversation);
    const step = conversation.fromClient(frameOf({ type: 'response.create' }));
    expect(step).toMatchObject({ kind: 'refuse', error: { code: 'rate_limit_exceeded' } });
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"type":"constructor"}',
    '{"type":"toString"}',
    '{"type":"response.done"}',
    '{"type',
  ])('survives %s from either side', (frame) => {
    expect(['pass', 'end']).toContain(conversation.fromServer(text(frame)).kind);
    expect(conversation.fromClient(text(frame)).kind).toBe('pass');
  });
});

describe('an end', () => {
  it.each([
    ['client', 4321, 'upstream', { code: 4321, reason: 'r' }],
    ['upstream', 1000, 'client', { code: 1000, reason: 'r' }],
    ['client', 1005, 'upstream', { code: 1000, reason: '' }],
    ['client', 1006, 'upstream', { code: 1001, reason: '' }],
    ['upstream', 1006, 'client', { code: 1011, reason: 'upstream_connection_lost' }],
    ['gateway', 1008, 'client', { code: 1008, reason: 'r' }],
    ['gateway', 1008, 'upstream', { code: 1001, reason: '' }],
    ['client', 1000, 'client', null],
  ] as const)('by the %s with %d is told the %s', (by, code, side, told) => {
    expect(goodbyeTo(side, { by, code, reason: 'r' })).toEqual(told);
  });
});
