import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { toFile } from 'openai';
import { until } from '../support/gateway';
import { type Served, useWorld, type World } from '../support/world';

/** Forms with files: whatever the caller does, bounded memory, no file left behind, nothing charged for what was not answered. */
let world: World;
let echo: Served;

useWorld(async (opened) => {
  world = opened;
  echo = await world.serve('sim-echo');
});

const MIB = 1024 * 1024;
const B = 'x-boundary';
const PATH = '/v1/audio/transcriptions';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const field = (name: string, value: string): string =>
  `--${B}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (name: string, value = 'some sound'): string =>
  `--${B}\r\nContent-Disposition: form-data; name="${name}"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n${value}\r\n`;
const form = (...parts: string[]): string => `${parts.join('')}--${B}--\r\n`;

async function post(
  path: string,
  body: string | Buffer,
  contentType = `multipart/form-data; boundary=${B}`,
  key = world.key,
) {
  const response = await fetch(`${world.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
    body: new Uint8Array(Buffer.from(body)),
    signal: AbortSignal.timeout(30_000),
  });
  const { error } = (await response.json()) as { error: { message: string; type: string; param: string | null } };
  return { status: response.status, error, id: response.headers.get('x-request-id') };
}

/** Files of uploads that the gateway holds, with a name or without one. */
function heldFiles(): string[] {
  const fds = `/proc/${world.gateway.pid}/fd`;
  const open = readdirSync(fds).map((fd) => {
    try {
      return readlinkSync(join(fds, fd));
    } catch {
      return '';
    }
  });
  const folder = join(world.gateway.dataDir, 'uploads');
  let named: string[] = [];
  try {
    named = readdirSync(folder);
  } catch {
    // nothing was ever spooled
  }
  return [...open.filter((path) => path.startsWith(folder)), ...named];
}

const nothingHeld = () => until('no file held', async () => heldFiles().length === 0, 30_000);
/** From now on `VmHWM` is the most that was in use since: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html */
const forgetPeak = () => writeFileSync(`/proc/${world.gateway.pid}/clear_refs`, '5');
const residentMib = (what: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${world.gateway.pid}/status`, 'utf8'))![1]) / 1024;

afterEach(nothingHeld);

describe('a form', () => {
  it.each([
    ['the model before the file', (model: string) => form(field('model', model), file('file'))],
    ['the model after the file', (model: string) => form(file('file'), field('model', model))],
  ])('reaches the upstream byte for byte with %s', async (_, made) => {
    const body = made(echo.model);
    expect((await post(PATH, body)).status).toBe(200);
    expect(echo.seen().at(-1)!.body).toBe(body);
  });

  it('has only the name of its model changed where a channel calls it otherwise, all else as it came', async () => {
    const model = `mapped-${world.label()}`;
    const upstream = `${echo.model}.a-longer-name`;
    await world.api.setPrice(model, { inputPerMTok: 1, outputPerMTok: 1 });
    await world.api.createChannel({
      name: model,
      baseUrl: `${world.simulator.url}/v1`,
      keys: [`sim-key-good@${model}`],
      models: [model],
      modelMapping: { [model]: upstream },
    });
    const parts = [
      field('prompt', model),
      file('file', 'x'.repeat(400_000)),
      field('model', model),
      field('language', 'de'),
    ];
    expect((await post(PATH, form(...parts))).status).toBe(200);
    const seen = world.simulator.requests().at(-1)!;
    const expected = form(...parts.with(2, field('model', upstream)));
    expect([seen.model, seen.bodyBytes, seen.headers['content-length']]).toEqual([
      upstream,
      expected.length,
      String(expected.length),
    ]);
    expect(seen.body).toBe(expected.slice(0, seen.body.length));
  });

  it('of 30 MB passes, again after a failure, with memory bounded', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['500'], priority: 10 }, { keys: ['good'] }]);
    const sound = randomBytes(30 * MIB);
    const send = async () =>
      world.openai().audio.transcriptions.create({ file: await toFile(sound, 'a.mp3'), model: served.model });
    await send();
    forgetPeak();
    const before = residentMib('VmRSS');
    await Promise.all(Array.from({ length: 6 }, send));
    expect(
      served
        .seen()
        .filter(({ status }) => status === 200)
        .map(({ files }) => files[0]!.sha256),
    ).toEqual(Array.from({ length: 7 }, () => sha256(sound)));
    // Six uploads of 30 MB, held whole, would be 180 MB and more.
    expect(residentMib('VmHWM') - before).toBeLessThan(120);
  });

  it('goes to the next channel when an upstream refuses it before it has read it', async () => {
    const hasty = createServer((_req, res) => {
      res.writeHead(503, { 'content-type': 'application/json', connection: 'close' });
      res.end('{"error":{"message":"overloaded","type":"server_error"}}', () => res.socket?.destroy());
    });
    await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
    const { port } = hasty.address() as AddressInfo;
    const served = await world.serve('sim-echo', [
      { priority: 10, baseUrl: `http://127.0.0.1:${port}/v1` },
      { keys: ['good'] },
    ]);
    const sound = randomBytes(20 * MIB);
    await world.openai().audio.transcriptions.create({ file: await toFile(sound, 'a.mp3'), model: served.model });
    hasty.close();
    expect(served.seen().map(({ files }) => files[0]!.sha256)).toEqual([sha256(sound)]);
    expect((await world.usageOf(served.model)).attempts).toHaveLength(2);
  });
});

describe('a form that cannot be served', () => {
  it.each([
    ['without a boundary', form(file('file')), 'multipart/form-data', 400, null],
    ['with another boundary', form(file('file')), 'multipart/form-data; boundary=other', 400, null],
    ['that is empty', '', undefined, 400, null],
    ['that is cut off', form(field('model', 'm'), file('file')).slice(0, -20), undefined, 400, null],
    ['without a model', form(file('file')), undefined, 400, 'model'],
    ['with two models', form(field('model', 'a'), field('model', 'b'), file('file')), undefined, 400, 'model'],
    ['with a model that is a file', form(file('model'), file('file')), undefined, 400, 'model'],
    ['with a model spelled otherwise', form(field('Model', 'a'), file('file')), undefined, 400, 'Model'],
    ['without a file', form(field('model', 'sim-echo')), undefined, 400, 'file'],
    ['with a file that is text', form(field('model', 'sim-echo'), field('file', 'x')), undefined, 400, 'file'],
    ['with two files', form(field('model', 'sim-echo'), file('file'), file('file')), undefined, 400, 'file'],
    [
      'with a stream that is none',
      form(field('model', 'm'), file('file'), field('stream', 'maybe')),
      undefined,
      400,
      'stream',
    ],
    ['in JSON', '{"model":"sim-echo"}', 'application/json', 415, null],
  ])('%s is refused', async (_, body, contentType, status, param) => {
    const before = world.simulator.requests().length;
    const answer = await post(PATH, body, contentType);
    expect([answer.status, answer.error.param, answer.error.type]).toEqual([status, param, 'invalid_request_error']);
    expect(answer.error.message.length).toBeGreaterThan(10);
    expect(answer.id).toMatch(/^req_/);
    expect(world.simulator.requests()).toHaveLength(before);
  });

  it.each([
    ['/v1/images/edits', form(field('model', 'm'), field('prompt', 'x')), 'image'],
    ['/v1/images/edits', form(field('model', 'm'), file('image')), 'prompt'],
    ['/v1/images/edits', form(field('model', 'm'), field('prompt', 'x'), file('image'), field('n', 'many')), 'n'],
    ['/v1/images/variations', form(field('model', 'm')), 'image'],
    ['/v1/audio/translations', form(field('model', 'm')), 'file'],
  ])('is refused at %s with the field that is wrong (%#)', async (path, body, param) => {
    expect(await post(path, body)).toMatchObject({ status: 400, error: { param } });
  });

  it('is refused before its file is sent when it is too large, and while it is sent when it does not say so', async () => {
    const gateway = new URL(world.url);
    const limit = 64 * MIB;
    const declared = await new Promise<number>((resolve, reject) => {
      const call = request(
        { host: gateway.hostname, port: gateway.port, path: PATH, method: 'POST', headers: headersOf(limit + 1) },
        (response) => resolve(response.statusCode ?? 0),
      );
      call.on('error', reject).flushHeaders();
    });
    expect(declared).toBe(413);
    const undeclared = await fetch(`${world.url}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.key}`, 'content-type': `multipart/form-data; boundary=${B}` },
      body: endless(limit + 4 * MIB),
      duplex: 'half',
    } as RequestInit);
    expect(undeclared.status).toBe(413);
  });

  it('of a caller without money or rights costs nothing and leaves nothing', async () => {
    const poor = await world.account(0);
    expect((await post(PATH, form(field('model', echo.model), file('file')), undefined, poor.key.key)).status).toBe(
      402,
    );
    expect((await post(PATH, form(field('model', 'nobody-serves-it'), file('file')))).status).toBe(404);
    expect((await post(PATH, form(file('file')), undefined, 'sk-unknown')).status).toBe(401);
  });
});

const headersOf = (length: number) => ({
  authorization: `Bearer ${world.key}`,
  'content-type': `multipart/form-data; boundary=${B}`,
  'content-length': String(length),
});

function endless(bytes: number): ReadableStream<Uint8Array> {
  let sent = 0;
  const head = Buffer.from(field('model', echo.model) + file('file').slice(0, -12));
  return new ReadableStream({
    pull(controller) {
      const piece = sent === 0 ? head : Buffer.alloc(MIB, 120);
      sent += piece.length;
      controller.enqueue(new Uint8Array(piece));
      if (sent > bytes) controller.close();
    },
  });
}

describe('a caller who leaves', () => {
  it('in the middle of its upload leaves no file, no charge and no call behind', async () => {
    const account = await world.account(1);
    const { hostname, port } = new URL(world.url);
    const before = world.simulator.requests().length;
    const socket = connect(Number(port), hostname);
    const headers = { ...headersOf(20 * MIB), authorization: `Bearer ${account.key.key}` };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST ${PATH} HTTP/1.1\r\nhost: x\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(field('model', echo.model) + file('file', 'x'.repeat(4 * MIB)).slice(0, -2));
    await until('the upload on disk', async () => heldFiles().length > 0, 30_000);
    socket.destroy();
    await nothingHeld();
    expect(world.simulator.requests()).toHaveLength(before);
    expect((await world.api.user(account.user.id)).balanceUsd).toBe(1);
  });

  it('while the upstream works on it ends the work and leaves nothing', async () => {
    const served = await world.serve('sim-hang');
    const leaving = new AbortController();
    const call = world
      .openai()
      .audio.transcriptions.create(
        { file: await toFile(randomBytes(2 * MIB), 'a.mp3'), model: served.model },
        { signal: leaving.signal },
      );
    await until('the upstream asked', async () => served.seen().length === 1, 30_000);
    leaving.abort();
    await expect(call).rejects.toThrow();
    expect(await world.usageOf(served.model)).toMatchObject({ status: 'aborted', costUsd: 0 });
  });
});
