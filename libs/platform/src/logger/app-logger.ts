import { type EventEmitter, once } from 'node:events';
import type { LoggerService } from '@nestjs/common';
import { messageOf } from '@app/core';
import { createLogger, format, type Logger, transports } from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
import type { Env } from '../env';
import { jsonLine, readableLine, safeLine } from './formats';
import { type LogLine, RepeatedLines } from './repeated-lines';

export interface AppLoggerOptions {
  /** Names the files: `server` writes `server-2026-11-23.log` and `server-error-2026-11-23.log`. */
  readonly name: string;
  /** False leaves the terminal alone. */
  readonly console?: boolean;
}

type LoggerEnv = Pick<Env, 'nodeEnv' | 'logLevel' | 'logDir' | 'nodeId'>;
type Level = 'fatal' | 'error' | 'warn' | 'info' | 'verbose' | 'debug';

const levels = { fatal: 0, error: 1, warn: 2, info: 3, verbose: 4, debug: 5 } satisfies Record<Level, number>;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * The log of one process: to the terminal (readable for a person, JSON in production) and as JSON lines to files in LOG_DIR that
 * turn over daily or at 20 MB, are compressed and kept for 14 days. Given to Nest as its logger, so that everything that uses
 * `new Logger('Context')` ends up here. Every line is redacted.
 */
export class AppLogger implements LoggerService {
  private readonly winston: Logger;
  private readonly repeated: RepeatedLines;
  private readonly files: DailyRotateFile[];

  constructor(env: LoggerEnv, options: AppLoggerOptions) {
    const silent = env.logLevel === 'silent';
    const { files, problem } = silent ? { files: [] } : openFiles(env, options.name);
    this.files = files;
    this.winston = createLogger({
      levels,
      silent,
      level: silent ? 'fatal' : env.logLevel,
      format: safeLine(env.nodeId),
      transports: [terminal(env, options.console === false), ...files],
    });
    this.repeated = new RepeatedLines((line) => this.winston.log(line as LogLine & { message: string }));
    const trouble = (error: Error): void => this.fileTrouble(env.logDir, error);
    for (const file of files) file.on('error', trouble);
    this.winston.on('error', trouble); // it repeats what its files say
    if (problem) this.fileTrouble(env.logDir, problem);
  }

  log(message: unknown, ...more: unknown[]): void {
    this.write('info', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('fatal', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('verbose', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  /** Writes what is still held back and waits, a bounded time, until the files have it. The last act of the process. */
  async close(): Promise<void> {
    this.repeated.flush();
    const written = this.files.map((file) => once(file, 'finish', { signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) }));
    this.winston.close();
    await Promise.allSettled(written);
  }

  private write(level: Level, message: unknown, more: readonly unknown[]): void {
    if (!this.winston.isLevelEnabled(level)) return;
    const line = lineOf(level, message, more);
    if (this.repeated.admit(line)) this.winston.log(line as LogLine & { message: string });
  }

  /** A full or read-only disk must not take the gateway down: the terminal still has every line. */
  private fileTrouble(directory: string, error: unknown): void {
    const message = `LOG_DIR: cannot write to ${directory}: ${messageOf(error)}. Free the disk or make it writable.`;
    if (this.repeated.admit({ level: 'error', message: `log file ${directory}` })) process.stderr.write(`${message}\n`);
  }
}

/**
 * Nest calls `(message, …details, context)`, and for errors `(message, stack, context)`. Objects among the details become fields
 * of the line, errors its stack.
 */
function lineOf(level: Level, message: unknown, more: readonly unknown[]): LogLine {
  const context = typeof more.at(-1) === 'string' && !isStack(more.at(-1)) ? more.at(-1) : undefined;
  const details = [message, ...(context === undefined ? more : more.slice(0, -1))];
  const fields = details.map((detail, index) => fieldsOf(detail, index === 0));
  return { level, message: '', ...(context ? { context } : {}), ...Object.assign({}, ...fields) };
}

function fieldsOf(detail: unknown, isMessage: boolean): Record<string, unknown> {
  if (detail instanceof Error) {
    const { message, stack, cause } = detail;
    return { ...(isMessage ? { message } : {}), stack: stack ?? message, ...(cause ? { cause } : {}) };
  }
  if (typeof detail === 'object' && detail !== null) return isMessage ? { message: '', ...detail } : { ...detail };
  if (isMessage) return { message: String(detail) };
  if (detail === undefined) return {};
  return isStack(detail) ? { stack: detail } : { detail };
}

const isStack = (text: unknown): boolean => typeof text === 'string' && /\n\s+at /.test(text);

function terminal(env: LoggerEnv, silent: boolean) {
  const forPeople = env.nodeEnv !== 'production' || process.stdout.isTTY;
  return new transports.Console({ silent, format: forPeople ? readableLine : jsonLine });
}

function openFiles(env: LoggerEnv, name: string): { files: DailyRotateFile[]; problem?: unknown } {
  try {
    return { files: [rotatingFile(env, name), rotatingFile(env, `${name}-error`, 'error')] };
  } catch (problem) {
    return { files: [], problem };
  }
}

function rotatingFile(env: LoggerEnv, name: string, level?: Level): DailyRotateFile {
  const file = new DailyRotateFile({
    dirname: env.logDir,
    filename: `${name}-%DATE%.log`,
    auditFile: `${env.logDir}/.${name}-files.json`,
    datePattern: 'YYYY-MM-DD',
    utc: true,
    maxSize: '20m',
    maxFiles: '14d',
    zippedArchive: true,
    format: format.combine(jsonLine),
    ...(level ? { level } : {}),
  });
  // The library leaves errors of the stream itself (a full disk) unheard, which ends the process.
  const { logStream } = file as unknown as { logStream?: EventEmitter }; // not in its types
  logStream?.on('error', (error: Error) => file.emit('error', error));
  return file;
}
