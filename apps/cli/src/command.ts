import type { Env } from '@app/platform/env';
import type { Command } from 'commander';

/** What a command sees of the world. */
export interface Console {
  /** Reads and checks the environment; throws the `EnvError` that explains it. */
  env(): Env;
  /** One line for the operator. */
  say(line: string): void;
  /** The first line of the standard input. */
  readLine(): Promise<string>;
}

/** Adds one command to the program. */
export type Register = (program: Command, console: Console) => void;

/** The command did what it could and the answer is no: its message is for the operator, without a stack. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
