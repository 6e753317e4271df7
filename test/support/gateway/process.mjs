// @ts-check
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} GatewayOptions
 * @property {Record<string, string>} [env] over the harness's own (loopback, SQLite, warnings only)
 * @property {string} [dataDir] absent: a new temporary folder, removed by `discard`
 * @property {number} [port] absent: a free one
 * @property {readonly string[]} [nodeArguments] for Node itself, such as `--cpu-prof`
 *
 * @typedef {object} Gateway a server process of this checkout, built and ready
 * @property {string} url
 * @property {number} pid
 * @property {number} port
 * @property {string} dataDir
 * @property {() => string} logs the last 1 MiB of what it printed
 * @property {(signal?: NodeJS.Signals) => Promise<number | null>} stop ends it (SIGTERM, after 40 s SIGKILL) and gives the exit code
 * @property {() => Promise<void>} kill9 SIGKILL, and its death
 * @property {() => Promise<void>} discard stop, and remove the data folder if it was ours
 */

const ENTRY = resolve('dist/apps/server/src/main.js');
const READY_WITHIN_MS = 90_000;
const STOPPED_WITHIN_MS = 40_000;
const KEPT_LOG = 1024 * 1024;

/**
 * @param {GatewayOptions} [options]
 * @returns {Promise<Gateway>}
 */
export async function startGatewayProcess(options = {}) {
  if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is missing: run \`npm run build\` first`);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'one-api-test-'));
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), ENTRY], {
    env: {
      ...cleanEnvironment(),
      DATA_DIR: dataDir,
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gateway = handleOf(child, { dataDir, port, owned: options.dataDir === undefined });
  try {
    await untilReady(gateway, child);
  } catch (error) {
    await gateway.discard();
    throw error;
  }
  return gateway;
}

/** Settings of the machine the tests run on must not reach the gateway under test. */
function cleanEnvironment() {
  const { PATH = '', HOME = '', TMPDIR, TZ } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...(TZ && { TZ }) };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ dataDir: string, port: number, owned: boolean }} place
 * @returns {Gateway}
 */
function handleOf(child, { dataDir, port, owned }) {
  let printed = '';
  const keep = (/** @type {Buffer} */ data) => void (printed = (printed + data.toString()).slice(-KEPT_LOG));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  letGo(child);
  const exited = new Promise((done) => child.once('exit', done));
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await exited;
    clearTimeout(patience);
    return child.exitCode;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    port,
    dataDir,
    logs: () => printed,
    stop: (signal = 'SIGTERM') => end(signal),
    kill9: async () => void (await end('SIGKILL')),
    discard: async () => {
      await end('SIGTERM');
      if (owned) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * A gateway that a failed test forgot must neither keep the test run from ending nor outlive it: a shell reads from us until we
 * are gone, and kills it then. (`process.on('exit')` is never called inside jest.)
 * @param {import('node:child_process').ChildProcess} child
 */
function letGo(child) {
  const guard = spawn('sh', ['-c', 'read _; kill -9 "$0"', String(child.pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.once('exit', () => guard.kill('SIGKILL'));
  for (const part of [child, child.stdout, child.stderr, guard, guard.stdin]) {
    /** @type {import('node:net').Socket} */ (part).unref();
  }
}

/**
 * @param {Gateway} gateway
 * @param {import('node:child_process').ChildProcess} child
 */
async function untilReady(gateway, child) {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The gateway ended before it was ready:\n${gateway.logs()}`);
    const ready = await fetch(`${gateway.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (ready?.ok) return;
    await sleep(50);
  }
  throw new Error(`The gateway was not ready within ${READY_WITHIN_MS} ms:\n${gateway.logs()}`);
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(address.port));
    });
  });
}
