import { useWorld, type World } from '../support/world';

/** An operator's test asks a channel for what its model is for. */
let world: World;

useWorld((opened) => {
  world = opened;
});

async function open(model: string, protocols = ['openai-chat']): Promise<string> {
  const baseUrl = `${world.simulator.url}/v1`;
  const channel = { name: model, provider: 'simulator', baseUrl, keys: ['sim-key-good'], models: [model], protocols };
  return (await world.api.createChannel(channel)).id;
}

const test = (id: string, order: object = {}): Promise<Record<string, unknown>> =>
  world.api.call('POST', `/channels/${id}/test`, order) as Promise<Record<string, unknown>>;

it.each([
  ['gpt-x', 'chat', '/v1/chat/completions'],
  ['text-embedding-x', 'embeddings', '/v1/embeddings'],
  ['x-rerank', 'rerank', '/v1/rerank'],
  ['x-moderation', 'moderations', '/v1/moderations'],
  ['gpt-image-x', 'images', '/v1/images/generations'],
  ['tts-x', 'speech', '/v1/audio/speech'],
  ['whisper-x', 'transcriptions', '/v1/audio/transcriptions'],
  ['gpt-realtime-x', 'models', '/v1/models'],
])('%s is tested with %s', async (model, operation, path) => {
  const id = await open(model);
  expect(await test(id)).toMatchObject({ ok: true, operation });
  expect(world.simulator.requests().at(-1)).toMatchObject({ path, status: 200 });
});

it('asks what the operator wants asked, and says what cannot be', async () => {
  const id = await open('house-model');
  expect(await test(id, { endpoint: 'embeddings' })).toMatchObject({ ok: true, operation: 'embeddings' });
  expect(world.simulator.requests().at(-1)?.path).toBe('/v1/embeddings');
  expect(await test(id, { endpoint: 'openai-chat', stream: true })).toMatchObject({ ok: true, operation: 'chat' });
  await expect(test(id, { endpoint: 'gemini' })).rejects.toThrow(/does not speak gemini/);
  const claude = await open('claude-x', ['anthropic-messages']);
  await expect(test(claude, { endpoint: 'speech' })).rejects.toThrow(/cannot be speech/);
});

it('an upstream that fails is told by its own words', async () => {
  const id = await open('sim-401');
  expect(await test(id)).toMatchObject({ ok: false, operation: 'chat', error: expect.stringMatching(/401/) as string });
});
