import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loginRoot, setupRoot, startGateway, until, type UsageRow } from '../support/gateway';
import { type Account, nano, PRICES, type Served, useWorld, type World } from '../support/world';

/** Every way a call can end, through a real gateway: what is charged, what is logged, and that the ledger agrees. */
interface Ending {
  readonly title: string;
  readonly script: string;
  /** Default: streamed and not. */
  readonly streamed?: readonly boolean[];
  readonly ask?: Record<string, unknown>;
  readonly row: Partial<UsageRow>;
  readonly charged: 'reported' | 'estimated' | 'nothing';
}

const ok = { status: 'ok', httpStatus: 200 } as const;
const failed = { status: 'error', ending: 'failed' } as const;
const stream = [true];
const whole = [false];

const endings: readonly Ending[] = [
  { title: 'completed', script: 'sim-echo', row: { ...ok, ending: 'completed' }, charged: 'reported' },
  {
    title: 'incomplete: a limit of its length',
    script: 'sim-chunks-50',
    ask: { max_tokens: 5 },
    row: { ...ok, ending: 'incomplete' },
    charged: 'reported',
  },
  {
    title: 'refused by a filter',
    script: 'sim-echo-filtered',
    row: { ...ok, ending: 'filtered' },
    charged: 'reported',
  },
  { title: 'no usage', script: 'sim-echo-no-usage', row: { ...ok, ending: 'completed' }, charged: 'estimated' },
  { title: 'zero usage', script: 'sim-echo-zero-usage', row: { ...ok, usageSource: 'upstream' }, charged: 'nothing' },
  {
    title: 'negative usage',
    script: 'sim-echo-negative-usage',
    row: { ...ok, usageSource: 'upstream', errorCode: 'usage_corrected' },
    charged: 'nothing',
  },
  {
    title: 'oversized usage, which is bounded',
    script: 'sim-echo-huge-usage',
    row: { ...ok, errorCode: 'usage_corrected', inputTokens: 1e9, outputTokens: 1e9 },
    charged: 'reported',
  },
  {
    title: 'upstream error before the first byte',
    script: 'sim-500',
    row: { ...failed, httpStatus: 502, errorCode: 'upstream_error' },
    charged: 'nothing',
  },
  {
    title: 'an error with status 200',
    script: 'sim-error-200',
    row: { ...failed, httpStatus: 502 },
    charged: 'nothing',
  },
  {
    title: 'an error as the first event',
    script: 'sim-error-first-event',
    streamed: stream,
    row: { ...failed, httpStatus: 502 },
    charged: 'nothing',
  },
  { title: 'an end right after 200', script: 'sim-empty-stream', streamed: stream, row: failed, charged: 'nothing' },
  { title: 'cut before it was whole', script: 'sim-bad-json', streamed: whole, row: failed, charged: 'nothing' },
  {
    title: 'upstream error after the first byte',
    script: 'sim-chunks-20-error-in-stream-5',
    streamed: stream,
    row: { status: 'error', httpStatus: 200, ending: 'broken' },
    charged: 'estimated',
  },
  {
    title: 'cut without a terminal event',
    script: 'sim-chunks-20-cut-5',
    streamed: stream,
    row: { status: 'error', httpStatus: 200, ending: 'cut' },
    charged: 'estimated',
  },
  {
    title: 'idle timeout',
    script: 'sim-chunks-20-stall-5',
    streamed: stream,
    row: { status: 'error', httpStatus: 200, ending: 'timed_out', errorCode: 'idle_timeout' },
    charged: 'estimated',
  },
  {
    title: 'first-byte timeout',
    script: 'sim-hang',
    row: { ...failed, httpStatus: 504, errorCode: 'upstream_timeout' },
    charged: 'nothing',
  },
];

let world: World;
useWorld(async (opened) => {
  world = opened;
  await world.api.changeSettings({ relay: { timeout: { idleMs: 1_000, firstByteMs: 3_000 } } });
});

/** The one row and the one charge (or none) of an account that made one call. */
async function expectCharged(account: Account, row: UsageRow): Promise<void> {
  const ledger = await world.api.ledger(account.user.id);
  const charges = ledger.filter(({ kind }) => kind === 'charge');
  expect(charges.map(({ requestId, amountUsd }) => [requestId, nano(amountUsd)])).toEqual(
    row.costUsd === 0 ? [] : [[row.requestId, -nano(row.costUsd)]],
  );
  const { balanceUsd } = await world.api.user(account.user.id);
  expect(ledger.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(nano(balanceUsd));
  expect(await world.api.usage({ userId: account.user.id })).toHaveLength(1);
}

function expectCost(row: UsageRow, charged: Ending['charged']): void {
  const { inputTokens, outputTokens, usageSource } = row;
  if (charged === 'nothing') return expect(row.costUsd).toBe(0);
  expect(usageSource).toBe(charged === 'reported' ? 'upstream' : 'estimated');
  expect(outputTokens).toBeGreaterThan(0);
  // No single call costs more than 10 000 USD, whatever its upstream says.
  const cost = Math.min((inputTokens * PRICES.inputPerMTok + outputTokens * PRICES.outputPerMTok) / 1e6, 10_000);
  expect(nano(row.costUsd)).toBe(nano(cost));
}

/** All that lies in the journals of a data folder. */
function journalOf(dataDir: string): string {
  const files = readdirSync(join(dataDir, 'journal'), { recursive: true, encoding: 'utf8' });
  const segments = files.filter((name) => name.endsWith('.jsonl'));
  return segments.map((name) => readFileSync(join(dataDir, 'journal', name), 'utf8')).join('');
}

const rowOf = (account: Account): Promise<UsageRow> =>
  until('the usage row', async () => (await world.api.usage({ userId: account.user.id }))[0]);

describe.each(endings)('$title', ({ script, streamed = [false, true], ask, row: expected, charged }) => {
  it.each(streamed)('(stream %s)', async (isStream) => {
    const served = await world.serve(script);
    const account = await world.account(50_000);
    await world
      .chat(served.model, { key: account.key.key, text: 'x'.repeat(400), stream: isStream, ...ask })
      .catch(() => null);
    const row = await rowOf(account);
    expect(row).toMatchObject(expected);
    expectCost(row, charged);
    await expectCharged(account, row);
  });
});

describe('a client gone', () => {
  const leave = async (
    served: Served,
    account: Account,
    isStream: boolean,
    when: (response: Response) => Promise<void>,
  ) => {
    const leaving = new AbortController();
    const call = fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.key.key}` },
      body: JSON.stringify({ model: served.model, stream: isStream, messages: [{ role: 'user', content: 'go' }] }),
      signal: leaving.signal,
    });
    await until('the call upstream', async () => served.seen().length === 1);
    if (isStream && served.model.includes('gap')) await when(await call);
    leaving.abort();
    await call.then((response) => response.text()).catch(() => null);
  };

  it.each([false, true])('before the first byte pays nothing (stream %s)', async (isStream) => {
    const served = await world.serve('sim-delay-60000');
    const account = await world.account(100);
    await leave(served, account, isStream, async () => undefined);
    const row = await rowOf(account);
    expect(row).toMatchObject({
      status: 'aborted',
      httpStatus: 499,
      ending: 'client_gone',
      firstByteMs: null,
      costUsd: 0,
    });
    await expectCharged(account, row);
  });

  it('after the first byte pays what was delivered', async () => {
    const served = await world.serve('sim-chunks-400-gap-30');
    const account = await world.account(100);
    await leave(served, account, true, async (response) => {
      const reader = response.body!.getReader();
      await reader.read();
      reader.releaseLock();
    });
    const row = await rowOf(account);
    expect(row).toMatchObject({ status: 'aborted', httpStatus: 499, ending: 'client_gone', usageSource: 'estimated' });
    expectCost(row, 'estimated');
    await expectCharged(account, row);
  });
});

describe('without an upstream', () => {
  it.each([
    ['no money', 'sim-fast', 402, 'insufficient_quota'],
    ['no such model', null, 404, 'model_not_found'],
  ])('%s is rejected and free', async (_title, script, status, errorCode) => {
    const model = script === null ? 'no-such-model' : (await world.serve(script)).model;
    const account = await world.account(0);
    expect((await world.chat(model, { key: account.key.key })).status).toBe(status);
    const row = await rowOf(account);
    expect(row).toMatchObject({ status: 'error', ending: 'rejected', httpStatus: status, errorCode, attempts: [] });
    await expectCharged(account, row);
  });
});

describe('an answer made in the background', () => {
  it('is charged once, whoever fetches it', async () => {
    const served = await world.serve('sim-echo');
    const account = await world.account(100);
    const body = { model: served.model, input: 'y'.repeat(400), background: true };
    const { id } = (await world.post('/v1/responses', JSON.stringify(body), account.key.key)).json();
    for (let fetched = 0; fetched < 2; fetched++)
      await until('the answer', async () => {
        const seen = await world.get(`/v1/responses/${id}`, account.key.key);
        return seen.json().status === 'completed';
      });
    const row = await rowOf(account);
    expect(row).toMatchObject({ ...ok, ending: 'completed', protocol: 'openai-responses' });
    expectCost(row, 'reported');
    await expectCharged(account, row);
  });
});

describe('a server killed', () => {
  it('in the middle of an answer charges nothing and logs the call', async () => {
    const first = await startGateway();
    try {
      const api = await setupRoot(first.url);
      const model = 'sim-chunks-5-stall-2@killed';
      await api.setPrice(model, PRICES);
      await api.createChannel({
        name: 'c',
        baseUrl: `${world.simulator.url}/v1`,
        keys: ['sim-key-k'],
        models: [model],
      });
      const { key } = await api.createKey();
      const { balanceUsd } = await api.me();
      const response = await fetch(`${first.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'go' }] }),
      });
      expect(response.status).toBe(200);
      await response.body!.getReader().read();
      await until('the hold in the journal', async () => journalOf(first.dataDir).includes('"kind":"hold"'));
      await first.kill9();
      const second = await startGateway({ dataDir: first.dataDir });
      try {
        const root = await loginRoot(second.url);
        const [row] = await until('the row', async () => root.usage({ model }).then((rows) => rows.length > 0 && rows));
        expect(row).toMatchObject({ status: 'aborted', ending: 'server_killed', costUsd: 0 });
        expect(nano((await root.me()).balanceUsd)).toBe(nano(balanceUsd));
      } finally {
        await second.stop();
      }
    } finally {
      await first.discard();
    }
  });
});

describe('all of these calls together', () => {
  it('reconcile: ledger, balances, leases and log agree', async () => {
    const report = await world.api.call('POST', '/reconciliations');
    expect(report).toMatchObject({ status: 'clean', differenceCount: 0, differences: [], startedBy: 'request' });
    expect(report.counts.recentCharges).toBeGreaterThan(0);
    expect((await world.api.call('GET', '/reconciliations')).items[0]).toEqual(report);
    expect(await world.api.call('GET', `/reconciliations/${report.id}`)).toEqual(report);
    const account = await world.account(0);
    await expect(account.api.call('POST', '/reconciliations')).rejects.toThrow(/403/);
  });
});
