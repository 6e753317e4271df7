import type { Caller } from '@app/users';
import type { CallPrice } from '@app/billing';
import type { Operation } from '@app/providers';
import { noFacts } from './lanes/lane';
import { answeredRow, meter, openCall, type Story } from './receipt';
import type { AttemptResult, RelayRequest } from './relay.types';
import { Body } from './request/members';
import type { Usage } from './chat/usage';

const price: CallPrice = { inputPerMTok: 5, outputPerMTok: 7, perSecond: 9, multiplierPpm: 2_000_000 };
const caller = { userId: 'u', keyId: 'k', group: 'default', multiplierPpm: 1_000_000 } as Caller; // what a receipt reads

const request = (operation: Operation, body: object): RelayRequest => ({
  id: 'req_1',
  receivedAt: Date.now(),
  caller,
  ip: '127.0.0.1',
  operation,
  protocol: 'openai-chat',
  model: 'm',
  stream: false,
  body: Body.parse(Buffer.from(JSON.stringify(body))),
  inputTokens: 11,
});

type Ended = Exclude<AttemptResult, { kind: 'failed' }>;

const answered = (usage: Usage | undefined, textBytes = 0): Ended => ({
  kind: 'answered',
  facts: { usage, finish: 'stop', textBytes },
  rest: Buffer.alloc(0),
  contentType: 'application/json',
  begun: false,
});

const rowOf = (call: RelayRequest, result: Ended) => {
  const story = { call: openCall(call, 'n'), price, attempts: [], route: null } as unknown; // no route was taken
  return answeredRow(story as Story, result, meter(call, result), 0);
};

describe('the price a row keeps', () => {
  it('says how many seconds, characters and pictures it was for', () => {
    const wish = { model: 'm', file: { filename: 'a', bytes: 1, seconds: 12 } };
    expect(rowOf(request('transcriptions', wish), answered(undefined, 8)).price).toEqual({
      ...price,
      units: { audioIn: 120, seconds: 12 },
    });
    expect(rowOf(request('speech', { input: 'hello' }), answered(undefined, 100)).price).toMatchObject({
      units: { characters: 5 },
    });
    expect(rowOf(request('images', {}), answered({ input: 1, output: 0, images: 3 })).price).toMatchObject({
      units: { images: 3 },
    });
  });

  it('is one object for all calls that count only tokens', () => {
    const chat = () => rowOf(request('chat', { messages: [] }), answered({ input: 1, output: 2 })).price;
    expect(chat()).toEqual(price);
    expect(chat()).toBe(chat());
  });
});

describe('what a call used', () => {
  it("is the upstream's word with what the request alone decides", () => {
    const usage = { input: 3, output: 0, audioOut: 50 };
    expect(meter(request('speech', { input: 'hello', stream_format: 'sse' }), answered(usage))).toEqual({
      usage: { ...usage, characters: 5 },
      source: 'upstream',
    });
  });

  it('is marked as estimated where a part of it was', () => {
    const usage = { input: 0, output: 0, images: 1, imageOut: 9, estimated: true };
    expect(meter(request('images', {}), answered(usage))?.source).toBe('estimated');
  });

  it('is nothing where the caller left before anything came, and the sound that came where it left later', () => {
    const speech = request('speech', { input: 'hello', response_format: 'pcm' });
    expect(meter(speech, { kind: 'abandoned', facts: noFacts })).toBeNull();
    const left = meter(speech, { kind: 'abandoned', facts: { ...noFacts, textBytes: 96_000 } });
    expect(left).toEqual({ usage: { input: 2, output: 0, audioOut: 42, characters: 5 }, source: 'estimated' });
  });
});
