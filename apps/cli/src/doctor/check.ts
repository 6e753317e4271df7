import type { Env } from '@app/platform/env';

export type State = 'ok' | 'warn' | 'fail';

/** What one check found. A `fix` goes with everything that is not ok. */
export interface Finding {
  readonly name: string;
  readonly state: State;
  readonly message: string;
  readonly fix?: string;
}

/** Looks at one thing and changes nothing. May throw: that is a failure, too. */
export type Check = (env: Env) => Promise<Finding | readonly Finding[]>;

export const ok = (name: string, message: string): Finding => ({ name, state: 'ok', message });

export const warn = (name: string, message: string, fix: string): Finding => ({ name, state: 'warn', message, fix });

export const fail = (name: string, message: string, fix: string): Finding => ({ name, state: 'fail', message, fix });
