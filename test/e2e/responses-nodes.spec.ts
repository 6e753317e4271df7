import { randomBytes } from 'node:crypto';
import type OpenAI from 'openai';
import { createDatabase, describeService, type TemporaryDatabase } from '../contract/support';
import { type Gateway, startGateway, until } from '../support/gateway';
import { type Served, World } from '../support/world';

/** State of the Responses API between nodes, and when one of them goes. */
describeService('postgres', 'two nodes with one store of answers', () => {
  let database: TemporaryDatabase;
  let here: World;
  let there: World;
  let other: Gateway;
  let near: OpenAI;
  let far: OpenAI;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    const env = { DATABASE_URL: database.url, MASTER_KEY: randomBytes(32).toString('base64') };
    here = await World.start({ env });
    other = await startGateway({ env });
    there = here.through(other);
    near = here.openai();
    far = there.openai();
  }, 60_000);
  afterAll(async () => {
    await other?.discard();
    await here?.close();
    await database?.drop();
  }, 60_000);

  const serve = async (script: string): Promise<Served> => {
    const served = await here.serve(script, [{ protocols: ['openai-chat'] }]);
    const path = `/v1/models/${encodeURIComponent(served.model)}`;
    await until('the model there', async () => (await there.get(path)).status === 200, 30_000);
    return served;
  };
  const ended = (client: OpenAI, id: string): Promise<OpenAI.Responses.Response> =>
    until(
      `the end of ${id}`,
      async () => {
        const response = await client.responses.retrieve(id);
        return ['queued', 'in_progress'].includes(response.status!) ? null : response;
      },
      30_000,
    );

  it('go on from each other’s answers at once, turn by turn', async () => {
    const { model, seen } = await serve('sim-echo');
    let last = await near.responses.create({ model, input: 'turn 0' });
    for (let turn = 1; turn <= 10; turn++) {
      const client = turn % 2 ? far : near;
      last = await client.responses.create({ model, previous_response_id: last.id, input: `turn ${turn}` });
    }
    const sent = seen().at(-1)!.body;
    for (let turn = 0; turn <= 10; turn++) expect(sent).toContain(`turn ${turn}"`);
  });

  it('add to one conversation in turns', async () => {
    const { model, seen } = await serve('sim-echo');
    const { id } = await near.conversations.create();
    for (let turn = 0; turn < 6; turn++) {
      const client = turn % 2 ? far : near;
      await client.responses.create({ model, conversation: id, input: `turn ${turn}` });
    }
    for (let turn = 0; turn < 6; turn++) expect(seen().at(-1)!.body).toContain(`turn ${turn}"`);
  });

  it('cancel what the other one makes', async () => {
    const { model, seen } = await serve('sim-chunks-5000-gap-20');
    const { id } = await near.responses.create({ model, input: 'endless', background: true });
    await until('the upstream writes', async () => (seen()[0]?.chunks ?? 0) > 2, 30_000);
    expect((await far.responses.cancel(id)).status).toBe('cancelled');
    expect((await near.responses.retrieve(id)).status).toBe('cancelled');
    await until('the upstream has been told', async () => seen()[0]?.abortedAt, 30_000);
  });

  it('stream what the other one makes, every event once', async () => {
    const { model } = await serve('sim-chunks-20-gap-20');
    const stream = await near.responses.create({ model, input: 'x', background: true, stream: true });
    const events = [];
    for await (const event of stream) {
      events.push(event);
      if (events.length === 8) break;
    }
    const { id } = (events[0] as { response: OpenAI.Responses.Response }).response;
    for await (const event of await far.responses.retrieve(id, { stream: true, starting_after: 7 })) events.push(event);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id } });
  });

  it('let what runs in the background end before they go', async () => {
    const { model } = await serve('sim-chunks-60-gap-30');
    const { id } = await far.responses.create({ model, input: 'x', background: true });
    expect(await other.stop('SIGTERM')).toBe(0);
    expect(await ended(near, id)).toMatchObject({ status: 'completed' });
    expect(await here.usageOf(model)).toMatchObject({ status: 'ok' });
  });
});
