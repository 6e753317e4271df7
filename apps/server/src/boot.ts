import { messageOf } from '@app/core';
import { EnvError, type Env, loadEnv } from '@app/platform/env';
import { AppLogger } from '@app/platform/logger';

/** Runs a program: its settings read and its log open. A start that fails is told on stderr and ends the process with 1. */
export async function boot(name: 'server' | 'worker', start: (env: Env, logger: AppLogger) => Promise<void>) {
  let logger: AppLogger | undefined;
  try {
    const env = loadEnv(undefined, { willWrite: true });
    logger = new AppLogger(env, { name });
    await start(env, logger);
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1; // also where nothing keeps the process alive until its log is closed
    await logger?.close();
    process.exit(1);
  }
}

/** What an operator can put right is told in one plain message; anything else with its stack. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const isExpected = error instanceof EnvError || namesSetting.test(message) || !(error instanceof Error);
  return isExpected ? message : (error.stack ?? message);
}

/** `PORT: …`, `ROOT_USERNAME, ROOT_PASSWORD: …`: the message says what to change. */
const namesSetting = /^[A-Z][A-Z_]+(, [A-Z][A-Z_]+)*: /;
