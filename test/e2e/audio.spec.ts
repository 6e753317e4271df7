import { createHash, randomBytes } from 'node:crypto';
import { toFile } from 'openai';
import { until } from '../support/gateway';
import { nano, type Served, useWorld, type World } from '../support/world';

/** Sound in both directions: the official SDK through the gateway to an upstream that says what reached it. */
let world: World;

useWorld((opened) => {
  world = opened;
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** 16-bit mono at 16 kHz. */
function wav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * 32_000, 7);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** USD: a second of sound costs $0.01, a token of text in $0.001 and out $0.002. */
const BY_SECOND = { inputPerMTok: 0, outputPerMTok: 0, perSecond: 0.01 };
const BY_TOKEN = { inputPerMTok: 1_000, outputPerMTok: 2_000, audioInPerMTok: 5_000 };

/** Names of models that bill seconds have `whisper` in them, at the simulator as in life. */
const whisper = async (): Promise<Served> => {
  const model = `whisper-${world.label()}`;
  await world.api.setPrice(model, BY_SECOND);
  const channel = await world.api.createChannel({
    name: model,
    baseUrl: `${world.simulator.url}/v1`,
    keys: [`sim-key-good@${model}`],
    models: [model],
  });
  return {
    model,
    channels: [channel],
    credentials: [],
    seen: () => world.simulator.requests().filter((request) => request.model === model),
  };
};

describe('transcription', () => {
  it('brings the file to the upstream untouched, and charges the tokens it reports', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const file = wav(2);
    const { data, response } = await world
      .openai()
      .audio.transcriptions.create({
        file: await toFile(file, 'talk.wav', { type: 'audio/wav' }),
        model: served.model,
        prompt: 'names: Ada',
        timestamp_granularities: ['word', 'segment'],
      })
      .withResponse();
    expect(data.text).toBe(`talk.wav ${file.length} bytes`);
    const [seen] = served.seen();
    expect(seen!.files).toEqual([
      { field: 'file', filename: 'talk.wav', type: 'audio/wav', bytes: file.length, sha256: sha256(file) },
    ]);
    expect(seen!.headers['content-length']).toBe(String(seen!.bodyBytes));
    expect(seen!.body).toContain('timestamp_granularities[]');
    const audio = Math.ceil(file.length / 100);
    const [text, said] = [Math.ceil('names: Ada'.length / 4), Math.ceil(data.text.length / 4)];
    const row = await world.usage(response.headers.get('x-request-id'));
    expect(row).toMatchObject({ usageSource: 'upstream', inputTokens: audio + text, outputTokens: said, status: 'ok' });
    expect(nano(row.costUsd)).toBe(nano(audio * 0.005 + text * 0.001 + said * 0.002));
  });

  it('streams the transcript', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const events = await world.openai().audio.transcriptions.create({
      file: await toFile(wav(1), 'a.wav'),
      model: served.model,
      stream: true,
    });
    let said = '';
    let done: string | undefined;
    for await (const event of events) {
      if (event.type === 'transcript.text.delta') said += event.delta;
      else if (event.type === 'transcript.text.done') done = event.text;
    }
    expect([said, done]).toEqual([`a.wav ${wav(1).length} bytes`, said]);
    expect(await world.usageOf(served.model)).toMatchObject({ stream: true, usageSource: 'upstream' });
  });

  it.each(['json', 'verbose_json'] as const)(
    'charges the seconds of whisper as it reports them (%s)',
    async (format) => {
      const { model } = await whisper();
      await world
        .openai()
        .audio.transcriptions.create({ file: await toFile(wav(3), 'a.wav'), model, response_format: format });
      const row = await world.usageOf(model);
      expect([row.usageSource, nano(row.costUsd)]).toEqual(['upstream', nano(0.37)]);
    },
  );

  it.each([
    ['text', /^a\.wav \d+ bytes\n$/],
    ['srt', /^1\n00:00:00,000 --> .*\na\.wav \d+ bytes\n\n$/],
    ['vtt', /^WEBVTT\n/],
  ] as const)('answers in %s, charged by the length of the recording', async (format, expected) => {
    const { model } = await whisper();
    const file = await toFile(wav(3), 'a.wav');
    const answer = await world.openai().audio.transcriptions.create({ file, model, response_format: format });
    expect(answer).toMatch(expected);
    const row = await world.usageOf(model);
    expect([row.usageSource, nano(row.costUsd)]).toEqual(['estimated', nano(0.03)]);
  });

  it('translates', async () => {
    const { model, seen } = await whisper();
    const answer = await world.openai().audio.translations.create({ file: await toFile(wav(1), 'de.wav'), model });
    expect(answer.text).toMatch(/^de\.wav/);
    expect(seen().map(({ path }) => path)).toEqual(['/v1/audio/translations']);
  });

  it('asks the next channel with the same file after a 500', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['500'], priority: 10 }, { keys: ['good'] }], BY_TOKEN);
    const file = randomBytes(3 * 1024 * 1024);
    await world.openai().audio.transcriptions.create({ file: await toFile(file, 'a.mp3'), model: served.model });
    expect(served.seen().map(({ status, files }) => [status, files[0]!.sha256])).toEqual([
      [500, sha256(file)],
      [200, sha256(file)],
    ]);
    expect((await world.usageOf(served.model)).attempts).toHaveLength(2);
  });
});

describe('speech', () => {
  const say = 'Good morning, 世界! This is read aloud.';

  it('passes the sound on as it comes, in its own content type, charged by the character', async () => {
    const served = await world.serve('sim-gap-5', [{}], { inputPerMTok: 0, outputPerMTok: 0, perMCharacters: 1_000 });
    const answer = await world
      .openai()
      .audio.speech.create({ model: served.model, voice: 'alloy', input: say, response_format: 'opus' });
    const sound = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('content-type')).toBe('audio/opus');
    const [seen] = served.seen();
    expect(sound.toString('latin1')).toBe(seen!.sent);
    expect(sound.subarray(0, 4)).toEqual(Buffer.from([0xff, 0xfb, 0x00, 0xc3]));
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ usageSource: 'estimated', status: 'ok', stream: false });
    expect(nano(row.costUsd)).toBe(nano([...say].length * 0.001));
  });

  it('streams events and charges the tokens they report', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    const answer = await world
      .openai()
      .audio.speech.create({ model: served.model, voice: 'alloy', input: say, stream_format: 'sse' });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = (await answer.text()).split('\n\n').filter(Boolean);
    expect(events.at(-1)).toContain('speech.audio.done');
    const text = Math.ceil(say.length / 4);
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ usageSource: 'upstream', inputTokens: text, outputTokens: text * 10, stream: true });
    expect(nano(row.costUsd)).toBe(nano(text * 0.001 + text * 10 * 0.002));
  });

  it('is charged also where the price knows only tokens and the answer says nothing', async () => {
    const served = await world.serve('sim-echo', [{}], BY_TOKEN);
    await world.openai().audio.speech.create({ model: served.model, voice: 'alloy', input: say });
    const row = await world.usageOf(served.model);
    expect(row.usageSource).toBe('estimated');
    expect(row.costUsd).toBeGreaterThan(0);
  });

  it.each(['500', 'error-200', 'empty-stream'])('fails over before the first byte (%s)', async (words) => {
    const served = await world.serve('sim-echo', [{ keys: [words], priority: 10 }, { keys: ['good'] }], BY_TOKEN);
    const answer = await world.openai().audio.speech.create({ model: served.model, voice: 'alloy', input: say });
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(10);
    expect((await world.usageOf(served.model)).attempts).toHaveLength(2);
  });

  it('that breaks off is never taken for complete', async () => {
    const served = await world.serve('sim-gap-20-cut-2', [{}], BY_TOKEN);
    const answer = await world.openai().audio.speech.create({ model: served.model, voice: 'alloy', input: say });
    await expect(answer.arrayBuffer()).rejects.toThrow();
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ status: 'error', usageSource: 'estimated' });
    expect(row.costUsd).toBeGreaterThan(0);
  });

  it('stops when its caller leaves, who pays for what came', async () => {
    const served = await world.serve('sim-gap-200', [{}], BY_TOKEN);
    const leaving = new AbortController();
    const answer = await world
      .openai()
      .audio.speech.create(
        { model: served.model, voice: 'alloy', input: 'word '.repeat(200) },
        { signal: leaving.signal },
      );
    const reader = answer.body!.getReader();
    await reader.read();
    leaving.abort();
    await until('the upstream closed', async () => served.seen().find(({ abortedAt }) => abortedAt !== null), 30_000);
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ status: 'aborted', usageSource: 'estimated' });
    expect(row.costUsd).toBeGreaterThan(0);
  });

  it.each([
    ['no input', { voice: 'alloy' }, 'input'],
    ['an input that is no text', { input: 5, voice: 'alloy' }, 'input'],
    ['a voice that is none', { input: 'x', voice: 7 }, 'voice'],
    ['a speed that is no number', { input: 'x', voice: 'alloy', speed: 'fast' }, 'speed'],
  ])('refuses %s', async (_, fields, param) => {
    const served = await world.serve('sim-echo');
    const answer = await world.post('/v1/audio/speech', JSON.stringify({ model: served.model, ...fields }));
    expect([answer.status, answer.json().error]).toMatchObject([400, { type: 'invalid_request_error', param }]);
    expect(served.seen()).toEqual([]);
  });
});
