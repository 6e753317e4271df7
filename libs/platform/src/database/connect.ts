import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, redactText } from '@app/core';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { isUnreachable } from './database-error';
import { SqliteDataSource } from './sqlite-data-source';

export interface ConnectOptions {
  /** How long to wait for a server that is not there yet, in milliseconds. 0 tries once. */
  readonly waitMs?: number;
  /** See `SqliteDataSource`. */
  readonly guarded?: boolean;
  /** Hears of each failed try. */
  readonly onRetry?: (message: string) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** The data source of this program for these options: always use it instead of `new DataSource`. */
export const createDataSource = (options: DataSourceOptions, guarded?: boolean): DataSource =>
  options.type === 'better-sqlite3' ? new SqliteDataSource(options, { guarded }) : new DataSource(options);

/** Connects, waiting a bounded time for the server to come up. Throws an Error that names the place and the fix. */
export async function connect(options: DataSourceOptions, more: ConnectOptions = {}): Promise<DataSource> {
  const deadline = Date.now() + (more.waitMs ?? 30_000);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      if (options.type === 'better-sqlite3') makeDirectory(options.database);
      return await createDataSource(options, more.guarded).initialize();
    } catch (error) {
      const message = unreachableMessage(options, error);
      if (!isUnreachable(firstOf(error)) || Date.now() + pause > deadline) throw new Error(message, { cause: error });
      more.onRetry?.(message);
    }
    await sleep(pause);
  }
}

/** Node reports a host with several addresses as one AggregateError. */
const firstOf = (error: unknown): unknown => (error instanceof AggregateError ? error.errors[0] : error);

function makeDirectory(database: string): void {
  if (database !== ':memory:') mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
}

function unreachableMessage(options: DataSourceOptions, error: unknown): string {
  const reason = redactText(messageOf(firstOf(error)));
  return `DATABASE_URL: cannot use ${placeOf(options)}: ${reason}. ${fixOf(options)}`;
}

function placeOf(options: DataSourceOptions): string {
  if (options.type === 'better-sqlite3') return `the SQLite file ${options.database}`;
  if (options.type === 'postgres' && options.url) return `PostgreSQL at ${withoutCredentials(options.url)}`;
  if (options.type === 'mysql') return `MySQL at ${options.host}:${options.port}/${options.database}`;
  return options.type;
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  return `${url.host}${url.pathname}`;
}

const fixOf = (options: DataSourceOptions): string =>
  options.type === 'better-sqlite3'
    ? 'Make the directory writable for this user, or set DATA_DIR to one that is.'
    : 'Check that the server runs, that the database exists, and the user and password in DATABASE_URL.';
