import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LogLevel } from '../env';
import { AppLogger } from './app-logger';
import { runWithRequestId } from './request-context';

let logDir: string;

beforeEach(() => {
  logDir = mkdtempSync(join(tmpdir(), 'one-api-log-'));
});

afterEach(() => rmSync(logDir, { recursive: true, force: true }));

const open = (logLevel: LogLevel = 'debug', directory = logDir): AppLogger =>
  new AppLogger(
    { nodeEnv: 'production', logLevel, logDir: directory, nodeId: 'node-1' },
    { name: 'server', console: false },
  );

const filesOf = (prefix: string): string[] => readdirSync(logDir).filter((name) => name.startsWith(prefix));

const textOf = (prefix: string): string =>
  filesOf(prefix)
    .map((name) => readFileSync(join(logDir, name), 'utf8'))
    .join('');

/** Closes the logger first: the files hold everything then. */
async function linesOf(logger: AppLogger, prefix = 'server-2'): Promise<Record<string, unknown>[]> {
  await logger.close();
  return textOf(prefix)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const planted = {
  apiKey: 'sk-live-0123456789abcdefghij',
  bearer: 'Bearer 9f8e7d6c5b4a39281706',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN',
  password: 'correct horse battery staple',
  databasePassword: 'pa55-of-the-database',
  queryKey: 'AIzaSyA-very-secret-key-of-google-1',
};

it('lets no secret reach a file, wherever it is planted', async () => {
  const logger = open();
  const error = new Error(`upstream refused ${planted.apiKey}`, { cause: new Error(planted.bearer) });
  logger.error(error, 'Relay');
  logger.error('failed', error.stack, 'Relay');
  logger.warn('headers', { headers: { Authorization: planted.bearer, 'x-api-key': planted.apiKey } }, 'Http');
  logger.log({ message: `signed in with ${planted.jwt}`, user: { name: 'ann', password: planted.password } });
  logger.verbose(`GET https://host/v1?key=${planted.queryKey}&alt=sse`);
  logger.debug('connect', { url: `postgres://app:${planted.databasePassword}@db/one_api` });
  runWithRequestId('req_1', () => logger.warn([{ deep: [{ token: planted.password }] }]));
  const lines = await linesOf(logger);
  expect(lines).toHaveLength(7);
  const written = readdirSync(logDir)
    .map((name) => readFileSync(join(logDir, name), 'utf8'))
    .join('');
  for (const secret of Object.values(planted)) expect(written).not.toContain(secret.replace('Bearer ', ''));
});

it('writes JSON lines with time, level, context, node and request id', async () => {
  const logger = open();
  await runWithRequestId('req_42', async () => {
    await sleep(1);
    logger.log('saved', { rows: 3 }, 'Channels');
  });
  logger.log('outside', 'Channels');
  const [inside, outside] = await linesOf(logger);
  expect(inside).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'info',
    message: 'saved',
    rows: 3,
    context: 'Channels',
    requestId: 'req_42',
    nodeId: 'node-1',
  });
  expect(outside).not.toHaveProperty('requestId');
});

it('is what Nest loggers write to', async () => {
  const logger = open();
  Logger.overrideLogger(logger);
  const users = new Logger('Users');
  users.warn('throttled');
  users.error('lost', new Error('why').stack);
  Logger.overrideLogger(false);
  const lines = await linesOf(logger);
  expect(lines).toMatchObject([
    { level: 'warn', message: 'throttled', context: 'Users' },
    { level: 'error', message: 'lost', context: 'Users', stack: expect.stringContaining('Error: why\n') },
  ]);
});

it('keeps errors in a file of their own as well', async () => {
  const logger = open();
  logger.log('fine');
  logger.error('broken');
  logger.fatal('dead');
  expect((await linesOf(logger, 'server-error-')).map(({ message }) => message)).toEqual(['broken', 'dead']);
});

it('writes nothing below LOG_LEVEL, and nothing at all when silent', async () => {
  const quiet = open('warn');
  quiet.log('too fine');
  quiet.warn('enough');
  expect((await linesOf(quiet)).map(({ message }) => message)).toEqual(['enough']);
  rmSync(logDir, { recursive: true });
  const silent = open('silent');
  silent.fatal('unheard');
  await silent.close();
  expect(existsSync(logDir)).toBe(false);
});

it('turns a storm of equal errors into its first line and a count', async () => {
  const logger = open();
  for (let index = 0; index < 1_000; index += 1) logger.error(`redis: connect 127.0.0.1:${index} failed`, 'Cache');
  logger.error('another failure', 'Cache');
  const lines = await linesOf(logger);
  expect(lines.map(({ message, repeated }) => [message, repeated])).toEqual([
    ['redis: connect 127.0.0.1:0 failed', undefined],
    ['another failure', undefined],
    ['redis: connect 127.0.0.1:0 failed (and 999 more like it)', 999],
  ]);
});

it('cuts a line that would be megabytes long', async () => {
  const logger = open();
  logger.log('x'.repeat(1_000_000));
  logger.log('wide', { parts: Array.from({ length: 90 }, () => 'y'.repeat(10_000)) });
  const lines = await linesOf(logger);
  expect(lines).toHaveLength(2);
  expect(textOf('server-2').length).toBeLessThan(20_000);
});

it('goes on without files where the directory cannot be used', async () => {
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  writeFileSync(join(logDir, 'taken'), '');
  const logger = open('info', join(logDir, 'taken', 'logs'));
  logger.error('still alive');
  await logger.close();
  expect(stderr).toHaveBeenCalledWith(expect.stringMatching(/^LOG_DIR: cannot write/));
  stderr.mockRestore();
});

it('goes on without files where their disk is full', async () => {
  const said: string[] = [];
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const day = new Date().toISOString().slice(0, 10);
  for (const name of ['server', 'server-error']) symlinkSync('/dev/full', join(logDir, `${name}-${day}.log`));
  const logger = open('info');
  const deadline = Date.now() + 30_000;
  for (let line = 0; said.length === 0 && Date.now() < deadline; line++) {
    logger.error(`line ${line}`);
    await sleep(10);
  }
  logger.error('still alive');
  await logger.close();
  stderr.mockRestore();
  expect(said[0]).toMatch(/^LOG_DIR: cannot write to .*ENOSPC/);
});
