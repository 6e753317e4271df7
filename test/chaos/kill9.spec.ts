import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type AdminApi, type Gateway, loginRoot, setupRoot, startGateway, until } from '../support/gateway';
import { startSimulator } from '../support/simulator/simulator.mjs';
import { nano, PRICES, readSse, type Simulator } from '../support/world';

/** Invariant 1: every answer a caller fully received is charged and logged exactly once, across `kill -9`. */
const KILLS = 20;
const CALLERS = 8;
const BALANCE_USD = 10_000;
const MODELS = [
  'sim-fast@chaos',
  'sim-echo-delay-20@chaos',
  'sim-chunks-20-gap-5@chaos',
  'sim-echo-no-usage@chaos',
  'sim-chunks-6-cut-3@chaos',
];

let simulator: Simulator;
/** Owns the data folder all its successors use. */
let first: Gateway;
let gateway: Gateway;
let stopped = false;

beforeAll(async () => {
  simulator = await startSimulator();
  first = gateway = await startGateway();
});
afterAll(async () => {
  stopped = true;
  await gateway?.discard();
  await first?.discard();
  await simulator?.close();
});

async function prepare(api: AdminApi): Promise<string> {
  for (const model of MODELS) await api.setPrice(model, PRICES);
  // Two credentials, so that a broken answer does not rest the only one.
  await api.createChannel({
    name: 'chaos',
    baseUrl: `${simulator.url}/v1`,
    keys: ['sim-key-a', 'sim-key-b'],
    models: MODELS,
  });
  await api.adjust((await api.me()).id, BALANCE_USD);
  return (await api.createKey()).key;
}

/** Request ids of the answers received to their last byte. */
async function callUntilStopped(key: string, seed: number, received: Set<string>): Promise<void> {
  for (let call = seed; !stopped; call++) {
    const stream = call % 2 === 0;
    const id = await callOnce(key, MODELS[call % MODELS.length]!, stream).catch(() => null);
    if (id) received.add(id);
    else await sleep(20);
  }
}

async function callOnce(key: string, model: string, stream: boolean): Promise<string | null> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'chaos and order' }] }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== 200) return null;
  const complete = stream
    ? readSse(text).done && readSse(text).errors.length === 0
    : JSON.parse(text).choices.length === 1;
  return complete ? response.headers.get('x-request-id') : null;
}

async function killAndRestart(received: ReadonlySet<string>): Promise<void> {
  const before = received.size;
  await sleep(100 + Math.random() * 900);
  await until('an answer since the last kill', async () => received.size > before, 120_000);
  const { dataDir, port } = gateway;
  await gateway.kill9();
  gateway = await startGateway({ dataDir, port });
}

it(`loses no received answer and charges none twice over ${KILLS} kills`, async () => {
  const key = await prepare(await setupRoot(gateway.url));
  const received = new Set<string>();
  const callers = Array.from({ length: CALLERS }, (_, index) => callUntilStopped(key, index, received));
  for (let kill = 0; kill < KILLS; kill++) await killAndRestart(received);
  stopped = true;
  await Promise.all(callers);
  expect(received.size).toBeGreaterThanOrEqual(KILLS);

  const api = await loginRoot(gateway.url);
  const me = await until('the last call settled', async () => settled(api), 60_000);
  const rows = await api.usage({});
  const ledger = await api.ledger(me.id);
  const charges = ledger.filter(({ kind }) => kind === 'charge');

  const logged = rows.map(({ requestId }) => requestId);
  expect(new Set(logged).size).toBe(logged.length);
  const charged = charges.map(({ requestId }) => requestId);
  expect(new Set(charged).size).toBe(charged.length);
  expect([...received].filter((id) => !logged.includes(id))).toEqual([]);
  expect([...received].filter((id) => !charged.includes(id))).toEqual([]);

  const costs = new Map(
    rows.filter(({ costUsd }) => costUsd > 0).map(({ requestId, costUsd }) => [requestId, -nano(costUsd)]),
  );
  expect(new Map(charges.map(({ requestId, amountUsd }) => [requestId, nano(amountUsd)]))).toEqual(costs);
  expect(ledger.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(nano(me.balanceUsd));

  await gateway.stop('SIGTERM');
  expectNothingHeld(gateway.dataDir);
}, 900_000);

/** The account, once its count of requests has stopped moving. */
async function settled(api: AdminApi) {
  const before = await api.me();
  await sleep(1_500);
  const after = await api.me();
  return before.requestCount === after.requestCount ? after : null;
}

/** After a clean stop no node has any of the money, and no journal waits to be replayed. */
function expectNothingHeld(dataDir: string): void {
  const database = new Database(join(dataDir, 'one-api.sqlite'), { readonly: true });
  try {
    expect(database.prepare('SELECT * FROM allowances WHERE amount_nano <> 0').all()).toEqual([]);
    expect(database.prepare('SELECT * FROM wallets WHERE escrow_nano <> 0').all()).toEqual([]);
  } finally {
    database.close();
  }
  expect(readdirSync(join(dataDir, 'journal'))).toEqual([]);
}
