import { randomBytes } from 'node:crypto';
import { HoldService, SettlementWriter } from '@app/billing';
import type { Env } from '@app/platform/env';
import { UserService } from '@app/users';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SetupService } from '../../../server/src/admin/setup/setup.service';
import { CommandFailed, type Console, type Register } from '../command';
import { RootModule } from '../root.module';

interface Options {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly reset?: boolean;
}

interface Password {
  readonly text: string;
  /** Nobody knows it yet: it must be shown. */
  readonly made: boolean;
}

export const registerRoot: Register = (program, console) => {
  program
    .command('root')
    .description('create the root account, or give it a new password')
    .option('--username <name>', 'of the account to create (default: ROOT_USERNAME, or "root")')
    .option('--password-stdin', 'read the password from the standard input (default: ROOT_PASSWORD, or one is made up)')
    .option('--reset', 'there is a root account: give it the password and end its sessions')
    .action(async (options: Options) => {
      const env = console.env();
      const password = await passwordOf(env, options, console);
      const app = await NestFactory.createApplicationContext(RootModule.forRoot(env), {
        logger: ['fatal', 'error', 'warn'],
        abortOnError: false,
      });
      try {
        console.say(await (options.reset ? reset(app, password) : create(app, env, options, password)));
        if (password.made) console.say(`Its password is ${password.text}`);
      } finally {
        await close(app);
      }
    });
};

/** As the server does at the end: else the next start would find the journal of a process that died. */
async function close(app: INestApplicationContext): Promise<void> {
  await app.get(HoldService).close();
  app.get(SettlementWriter).close();
  await app.close();
}

async function passwordOf(env: Env, { passwordStdin }: Options, console: Console): Promise<Password> {
  if (passwordStdin) return { text: await console.readLine(), made: false };
  if (env.rootPassword !== undefined) return { text: env.rootPassword, made: false };
  return { text: randomBytes(15).toString('base64url'), made: true };
}

async function reset(app: INestApplicationContext, { text }: Password): Promise<string> {
  const users = app.get(UserService);
  if ((await users.root()) === null)
    throw new CommandFailed('There is no root account yet. Leave out --reset to create it.');
  const { username } = await users.resetRoot(text);
  return `The root account ${username} has a new password; its sessions have ended.`;
}

async function create(app: INestApplicationContext, env: Env, options: Options, { text }: Password): Promise<string> {
  const existing = await app.get(UserService).root();
  if (existing !== null) {
    throw new CommandFailed(`The root account is ${existing.username}. To give it a new password: root --reset`);
  }
  const username = options.username ?? env.rootUsername ?? 'root';
  const created = await app.get(SetupService).createRoot({ username, password: text }, null);
  return `The root account ${created.username} is created.`;
}
