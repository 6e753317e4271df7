import { type CallPrice, Hold, type HoldOrder, type OpenCall, type SettlementState } from '@app/billing';
import { usageEndings, type UsageRow } from '@app/logs';
import type { Env } from '@app/platform/env';
import type { Attempts } from './attempts';
import { bucketsOf, type Usage } from './chat/usage';
import { endingOfFinish, endings } from './endings';
import { type AnswerFacts, noFacts } from './lanes/lane';
import type { Story } from './receipt';
import { RelayError } from './relay.errors';
import { RelayService } from './relay.service';
import type { AttemptResult, Failure, RelayRequest, Reply } from './relay.types';
import { Body } from './request/members';

/** The table of endings (docs/settlement.md), row by row: what is charged, what is logged, and the way through the states. */
interface Case {
  readonly title: string;
  readonly result: AttemptResult | Error;
  /** Something has reached the caller. Default: unless it failed. */
  readonly begun?: boolean;
  readonly charged: number;
  readonly source: UsageRow['usageSource'];
  readonly ending: UsageRow['ending'];
  readonly row: Pick<UsageRow, 'status' | 'httpStatus' | 'errorCode'>;
  readonly end: SettlementState;
}

/** A nano-dollar for a token in, ten for one out: the cost names both. */
const price: CallPrice = { inputPerMTok: 1_000_000, outputPerMTok: 10_000_000, multiplierPpm: 1_000_000 };
const used: Usage = { input: 3, output: 5 };
const REPORTED = 3 + 50;
/** Of 40 bytes delivered, ten tokens; the request is estimated at 7. */
const DELIVERED = 7 + 100;

const facts = (more: Partial<AnswerFacts> = {}): AnswerFacts => ({
  usage: used,
  finish: 'stop',
  textBytes: 40,
  ...more,
});
const answered = (more?: Partial<AnswerFacts>): AttemptResult => ({
  kind: 'answered',
  facts: facts(more),
  rest: Buffer.alloc(0),
  contentType: 'application/json',
  begun: true,
});
const failure = (code: string, kind: Failure['kind'] = 'upstream_error'): Failure => ({
  kind,
  status: null,
  code,
  message: code,
});
const failed = (code: string, kind?: Failure['kind']): AttemptResult => ({
  kind: 'failed',
  failure: failure(code, kind),
});
const broken = (code: string, kind?: Failure['kind'], more?: Partial<AnswerFacts>): AttemptResult => ({
  kind: 'broken',
  failure: failure(code, kind),
  facts: facts({ usage: undefined, finish: undefined, ...more }),
  rest: null,
});
const gone = (left: AnswerFacts): AttemptResult => ({ kind: 'abandoned', facts: left });
const ok = (errorCode: string | null = null) => ({ status: 'ok', httpStatus: 200, errorCode }) as const;
const error = (errorCode: string, httpStatus = 200) => ({ status: 'error', httpStatus, errorCode }) as const;
const aborted = { status: 'aborted', httpStatus: 499, errorCode: 'client_gone' } as const;
const undelivered = facts({ usage: undefined, finish: undefined, textBytes: 0 });

const settled = { end: 'settled' } as const;
const byUpstream = { ...settled, charged: REPORTED, source: 'upstream' } as const;
const byEstimate = { ...settled, charged: DELIVERED, source: 'estimated' } as const;
const free = { end: 'released', charged: 0, source: null } as const;

const cases: readonly Case[] = [
  { title: 'completed', result: answered(), ...byUpstream, ending: 'completed', row: ok() },
  { title: 'incomplete', result: answered({ finish: 'length' }), ...byUpstream, ending: 'incomplete', row: ok() },
  {
    title: 'refused by the model or a filter',
    result: answered({ finish: 'SAFETY' }),
    ...byUpstream,
    ending: 'filtered',
    row: ok(),
  },
  { title: 'no usage', result: answered({ usage: undefined }), ...byEstimate, ending: 'completed', row: ok() },
  {
    title: 'no usage and no text',
    result: answered({ usage: undefined, textBytes: 0 }),
    ...settled,
    charged: 7,
    source: 'estimated',
    ending: 'completed',
    row: ok(),
  },
  {
    title: 'zero usage',
    result: answered({ usage: { input: 0, output: 0 } }),
    ...settled,
    charged: 0,
    source: 'upstream',
    ending: 'completed',
    row: ok(),
  },
  {
    title: 'negative usage',
    result: answered({ usage: bucketsOf({ inputTotal: -5, outputTotal: -7 }) }),
    ...settled,
    charged: 0,
    source: 'upstream',
    ending: 'completed',
    row: ok('usage_corrected'),
  },
  {
    title: 'oversized usage',
    result: answered({ usage: bucketsOf({ inputTotal: 1e300, outputTotal: 0 }) }),
    ...settled,
    charged: 1_000_000_000,
    source: 'upstream',
    ending: 'completed',
    row: ok('usage_corrected'),
  },
  {
    title: 'upstream error before the first byte',
    result: failed('http_500'),
    ...free,
    ending: 'failed',
    row: error('upstream_error', 502),
  },
  {
    title: 'first-byte timeout',
    result: failed('first_byte_timeout', 'timeout'),
    ...free,
    ending: 'failed',
    row: error('upstream_timeout', 504),
  },
  { title: 'no route', result: failed('no_channel_ready'), ...free, ending: 'failed', row: error('unavailable', 503) },
  {
    title: 'a fault of the gateway',
    result: new Error('a fault'),
    ...free,
    ending: 'failed',
    row: error('internal_error', 500),
  },
  {
    title: 'refused by the gateway',
    result: new RelayError('model_not_found', 'none'),
    ...free,
    ending: 'failed',
    row: error('model_not_found', 404),
  },
  {
    title: 'upstream error after the first byte',
    result: broken('server_error'),
    ...byEstimate,
    ending: 'broken',
    row: error('server_error'),
  },
  {
    title: 'upstream error after a first byte that carried nothing',
    result: broken('server_error', undefined, { textBytes: 0 }),
    ...free,
    ending: 'broken',
    row: error('server_error'),
  },
  {
    title: 'cut without a terminal event',
    result: broken('stream_cut'),
    ...byEstimate,
    ending: 'cut',
    row: error('stream_cut'),
  },
  {
    title: 'connection broken',
    result: broken('connection_broken', 'network'),
    ...byEstimate,
    ending: 'cut',
    row: error('connection_broken'),
  },
  {
    title: 'cut after an early count of the input',
    result: broken('stream_cut', undefined, { usage: { input: 3, output: 1 } }),
    ...settled,
    charged: 3 + 100,
    source: 'estimated',
    ending: 'cut',
    row: error('stream_cut'),
  },
  {
    title: 'idle timeout',
    result: broken('idle_timeout', 'timeout'),
    ...byEstimate,
    ending: 'timed_out',
    row: error('idle_timeout'),
  },
  {
    title: 'total timeout',
    result: broken('total_timeout', 'timeout'),
    ...byEstimate,
    ending: 'timed_out',
    row: error('total_timeout'),
  },
  {
    title: 'client gone before the first byte',
    result: gone(noFacts),
    begun: false,
    ...free,
    ending: 'client_gone',
    row: aborted,
  },
  {
    title: 'client gone after the first byte',
    result: gone(facts({ usage: undefined, finish: undefined })),
    ...byEstimate,
    ending: 'client_gone',
    row: aborted,
  },
  {
    title: 'client gone after a first byte that carried nothing',
    result: gone(undelivered),
    ...free,
    ending: 'client_gone',
    row: aborted,
  },
  {
    title: 'client gone after the whole answer',
    result: gone(facts()),
    ...byUpstream,
    ending: 'client_gone',
    row: aborted,
  },
];

const caller = { userId: 'u', keyId: 'k', group: 'default', multiplierPpm: 1_000_000 };

/** Relays one call whose attempts end as the case says. */
async function relay({ result, begun = !(result instanceof Error) && result.kind !== 'failed' }: Case) {
  const rows: UsageRow[] = [];
  const states: SettlementState[] = [];
  let hold: Hold | undefined;
  const writer = { append: ({ row }: { row: UsageRow }) => rows.push(row), record: (row: UsageRow) => rows.push(row) };
  const holds = {
    place: (order: HoldOrder) => (hold = new Hold(order, [], { record: {}, segment: null } as never, writer as never)),
  };
  const attempts = {
    run: async (_request: RelayRequest, _reply: Reply, story: Story) => {
      story.hold?.dispatched();
      if (begun) story.hold?.firstByte();
      states.push((hold as Hold).state);
      story.attempts = [{} as never];
      if (result instanceof Error) throw result;
      return result;
    },
  };
  const settings = { get: () => 100 };
  const service = new RelayService(
    { nodeId: 'n' } as Env,
    settings as never,
    { priceOf: () => price } as never,
    holds as never,
    attempts as unknown as Attempts,
    writer as never,
    { of: () => [] } as never,
  );
  const request = {
    id: 'req_1',
    receivedAt: Date.now() + 60_000, // the clock was set back meanwhile
    caller,
    operation: 'chat',
    protocol: 'openai-chat',
    model: 'm',
    stream: true,
    body: Body.parse(Buffer.from('{"messages":[]}')),
    inputTokens: 7,
  } as unknown as RelayRequest;
  const refusal = await service.relay(request, { isGone: false } as Reply).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { rows, refusal, hold: hold as Hold };
}

describe('an ending', () => {
  it.each(cases)('$title', async (one) => {
    const { rows, hold } = await relay(one);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ costNano: one.charged, usageSource: one.source, ending: one.ending, ...one.row });
    expect(rows[0]!.durationMs).toBeGreaterThanOrEqual(0);
    expect([hold.state, hold.isOpen]).toEqual([one.end, false]);
  });

  it('without an answer refuses the caller', async () => {
    for (const one of cases.filter(({ ending }) => ending === 'failed'))
      expect((await relay(one)).refusal).toBeInstanceOf(RelayError);
  });

  it('is one of those the log knows, and each has its rule', () => {
    expect(Object.keys(endings).sort()).toEqual([...usageEndings].sort());
    for (const { ending } of cases) expect(usageEndings).toContain(ending);
  });

  it.each([
    [undefined, 'completed'],
    ['stop', 'completed'],
    ['tool_calls', 'completed'],
    ['end_turn', 'completed'],
    ['a_new_word', 'completed'],
    ['MAX_TOKENS', 'incomplete'],
    ['max_output_tokens', 'incomplete'],
    ['content_filter', 'filtered'],
    ['refusal', 'filtered'],
    ['PROHIBITED_CONTENT', 'filtered'],
  ])('in the word %s is %s', (word, ending) => expect(endingOfFinish(word)).toBe(ending));
});

describe('a hold', () => {
  const place = () => {
    const rows: UsageRow[] = [];
    const writer = { append: ({ row }: { row: UsageRow }) => rows.push(row) };
    const call = {} as OpenCall;
    const order: HoldOrder = { call, pays: [], counts: [], amount: 1, least: () => 1 };
    return { rows, hold: new Hold(order, [], { record: {}, segment: null } as never, writer as never) };
  };
  const row = (costNano: number) => ({ costNano }) as UsageRow;

  it('is not ended twice, whichever way', () => {
    const { hold, rows } = place();
    hold.dispatched();
    hold.settle(row(1), 'known');
    expect(() => hold.settle(row(1), 'known')).toThrow(/settled/);
    expect(() => hold.release(row(0))).toThrow(/settled/);
    expect(() => hold.dispatched()).toThrow(/settled/);
    expect(rows).toHaveLength(1);
  });

  it('is charged by a guess only once something was delivered', () => {
    const { hold, rows } = place();
    hold.dispatched();
    expect(() => hold.settle(row(1), 'unknown')).toThrow(/dispatched cannot become usage-unknown/);
    hold.firstByte();
    hold.settle(row(1), 'unknown');
    expect(rows).toHaveLength(1);
  });

  it('never pays its caller, and is not released at a price', () => {
    const { hold, rows } = place();
    for (const cost of [-1, NaN]) expect(() => hold.settle(row(cost), 'known')).toThrow(RangeError);
    expect(() => hold.release(row(1))).toThrow(RangeError);
    expect([hold.state, rows]).toEqual(['held', []]);
  });

  it('has one winner: a second upstream that begins to answer is a fault', () => {
    const { hold } = place();
    hold.dispatched();
    hold.dispatched();
    hold.firstByte();
    expect(() => hold.firstByte()).toThrow(/first-byte cannot become first-byte/);
    expect(() => hold.dispatched()).toThrow(/first-byte cannot become dispatched/);
  });
});
