import { createHash, randomBytes } from 'node:crypto';
import { toFile } from 'openai';
import { startScriptedUpstream } from '../support/scripted-upstream';
import { nano, useWorld, type World } from '../support/world';

/** Pictures made, edited and varied: the official SDK through the gateway to an upstream that says what reached it. */
let world: World;

useWorld((opened) => {
  world = opened;
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const png = (bytes: Buffer, name: string) => toFile(bytes, name, { type: 'image/png' });

/** USD per token: text in $0.001, pictures in $0.003 and out $0.004. */
const BY_TOKEN = { inputPerMTok: 1_000, outputPerMTok: 2_000, imageInPerMTok: 3_000, imageOutPerMTok: 4_000 };
const BY_PICTURE = { inputPerMTok: 0, outputPerMTok: 0, perImage: 0.02 };

describe('an edit', () => {
  it('takes several pictures and a mask to the upstream, and is charged by the tokens it reports', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const [first, second, mask] = [randomBytes(40_000), randomBytes(900_000), randomBytes(500)];
    const answer = await world.openai().images.edit({
      model: served.model,
      image: [await png(first, 'a.png'), await png(second, 'b.png')],
      mask: await png(mask, 'mask.png'),
      prompt: 'a red hat',
      n: 2,
    });
    expect(answer.data).toHaveLength(2);
    expect(served.seen()[0]!.files.map(({ field, filename, sha256 }) => [field, filename, sha256])).toEqual([
      ['image[]', 'a.png', sha256(first)],
      ['image[]', 'b.png', sha256(second)],
      ['mask', 'mask.png', sha256(mask)],
    ]);
    const text = Math.ceil('a red hat'.length / 4);
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ usageSource: 'upstream', inputTokens: text + 900, outputTokens: 2_000 });
    expect(nano(row.costUsd)).toBe(nano(text * 0.001 + 900 * 0.003 + 2_000 * 0.004));
  });

  it('streams partial pictures', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const events = await world.openai().images.edit({
      model: served.model,
      image: await png(randomBytes(1_000), 'a.png'),
      prompt: 'a hat',
      stream: true,
      partial_images: 2,
    });
    const types: string[] = [];
    for await (const event of events) types.push(event.type);
    expect(types).toEqual(['image_edit.partial_image', 'image_edit.partial_image', 'image_edit.completed']);
    expect(await world.usageOf(served.model)).toMatchObject({
      stream: true,
      usageSource: 'upstream',
      outputTokens: 1_000,
    });
  });

  it('may be asked for in JSON, with pictures by address', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const wish = { model: served.model, prompt: 'x', images: [{ image_url: 'https://example.com/a.png' }] };
    const answer = await world.post('/v1/images/edits', JSON.stringify(wish));
    expect([answer.status, answer.json().data.length]).toEqual([200, 1]);
    expect(JSON.parse(served.seen()[0]!.body)).toEqual(wish);
  });

  it('asks the next channel with the same pictures after a 500', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['500'], priority: 10 }, { keys: ['good'] }], BY_TOKEN);
    const bytes = randomBytes(2_000_000);
    await world.openai().images.edit({ model: served.model, image: await png(bytes, 'a.png'), prompt: 'x' });
    expect(served.seen().map(({ files }) => files[0]!.sha256)).toEqual([sha256(bytes), sha256(bytes)]);
  });
});

describe('pictures', () => {
  it('are billed by the piece where their price is, also when no tokens are reported', async () => {
    const served = await world.serve('sim-no-usage', [{}], BY_PICTURE);
    await world.openai().images.generate({ model: served.model, prompt: 'a cat', n: 3 });
    expect(nano((await world.usageOf(served.model)).costUsd)).toBe(nano(0.06));
  });

  it('are never free where the price knows only tokens and none are reported', async () => {
    const served = await world.serve('sim-no-usage', [{}], BY_TOKEN);
    await world.openai().images.generate({ model: served.model, prompt: 'a cat' });
    const row = await world.usageOf(served.model);
    expect(row.usageSource).toBe('estimated');
    expect(row.costUsd).toBeGreaterThan(1);
  });

  it('are streamed as they become clear', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const wish = { model: served.model, prompt: 'a cat', stream: true, partial_images: 1 } as const;
    const types: string[] = [];
    for await (const event of await world.openai().images.generate(wish)) types.push(event.type);
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed']);
    const row = await world.usageOf(served.model);
    expect(nano(row.costUsd)).toBe(nano(Math.ceil('a cat'.length / 4) * 0.001 + 1_000 * 0.004));
  });
});

// https://docs.siliconflow.cn/en/api-reference/images/images-generations
describe('SiliconFlow', () => {
  it('is asked in its own words, and its pictures come under the name OpenAI’s callers read', async () => {
    const upstream = await startScriptedUpstream();
    try {
      const images = [{ url: 'https://example.com/1.png' }, { url: 'https://example.com/2.png' }];
      upstream.answer = () => ({ body: { images, timings: { inference: 0.5 }, seed: 7 } });
      const channel = { provider: 'siliconflow', baseUrl: `${upstream.url}/v1` };
      const { model } = await world.serve('kolors', [channel], BY_PICTURE);
      const answer = await world.openai().images.generate({ model, prompt: 'a cat', n: 2, size: '1024x1024' });
      expect(answer).toEqual({ data: images, timings: { inference: 0.5 }, seed: 7 });
      expect(upstream.requests.map(({ path, body }) => [path, body])).toEqual([
        ['/v1/images/generations', { model, prompt: 'a cat', batch_size: 2, image_size: '1024x1024' }],
      ]);
      const row = await world.usageOf(model);
      expect(row).toMatchObject({ operation: 'images', status: 'ok' });
      expect(nano(row.costUsd)).toBe(nano(0.04));
    } finally {
      await upstream.close();
    }
  });
});

describe('a variation', () => {
  it('sends one picture and is billed by the piece', async () => {
    const served = await world.serve('sim-no-usage', [{}], BY_PICTURE);
    const bytes = randomBytes(10_000);
    const answer = await world
      .openai()
      .images.createVariation({ model: served.model, image: await png(bytes, 'a.png'), n: 2 });
    expect(answer.data).toHaveLength(2);
    expect(served.seen()[0]).toMatchObject({ path: '/v1/images/variations', files: [{ sha256: sha256(bytes) }] });
    expect(nano((await world.usageOf(served.model)).costUsd)).toBe(nano(0.04));
  });
});
