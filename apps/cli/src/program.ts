import { Command } from 'commander';
import type { Console } from './command';
import { registerBackup } from './commands/backup';
import { registerDoctor } from './commands/doctor';
import { registerMigrate } from './commands/migrate';
import { registerReconcile } from './commands/reconcile';
import { registerRestore } from './commands/restore';
import { registerRoot } from './commands/root';
import { registerRotateMasterKey } from './commands/rotate-master-key';

const commands = [
  registerMigrate,
  registerRoot,
  registerDoctor,
  registerBackup,
  registerRestore,
  registerRotateMasterKey,
  registerReconcile,
];

/** `npm run cli -- <command>`: each reads the same environment as the server. */
export function createProgram(console: Console): Command {
  const program = new Command('one-api')
    .description('Looks after an installation of One API. Reads the same environment as the server.')
    .showHelpAfterError('(--help tells more)');
  for (const register of commands) register(program, console);
  return program;
}
