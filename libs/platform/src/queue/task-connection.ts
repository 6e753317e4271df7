import { EventEmitter } from 'node:events';
import type { DataSource } from 'typeorm';

/** What stands for BullMQ's connection options where the queue lives in the database. */
export interface TaskConnection {
  readonly dataSource: DataSource;
  /** How often a worker asks for jobs that another process has added. */
  readonly pollMs?: number;
}

export const isTaskConnection = (connection: unknown): connection is TaskConnection =>
  typeof connection === 'object' && connection !== null && 'dataSource' in connection;

const signals = new WeakMap<DataSource, EventEmitter>();

/** Wakes the workers of this process when it adds a job itself; an event's name is the queue's. */
export function signalOf(dataSource: DataSource): EventEmitter {
  let signal = signals.get(dataSource);
  if (signal === undefined) {
    signal = new EventEmitter().setMaxListeners(0);
    signals.set(dataSource, signal);
  }
  return signal;
}
