import { messageOf, redactText } from '@app/core';
import { type Env, EnvError } from '@app/platform/env';
import { CommandFailed, type Console, type Register } from '../command';
import { type Check, fail, type Finding, ok } from '../doctor/check';
import { checkDatabase } from '../doctor/database';
import { checkDirectories } from '../doctor/directories';
import { checkMasterKey } from '../doctor/master-key';
import { checkPort } from '../doctor/port';
import { checkRedis } from '../doctor/redis';

const checks: Readonly<Record<string, Check>> = {
  directories: checkDirectories,
  'master key': checkMasterKey,
  database: checkDatabase,
  redis: checkRedis,
  port: checkPort,
};

export const registerDoctor: Register = (program, console) => {
  program
    .command('doctor')
    .description('check the environment and everything it points to; changes nothing')
    .action(async () => {
      const findings = await examine(console);
      for (const { name, state, message, fix } of findings) {
        console.say(`${state.padEnd(4)}  ${name.padEnd(20)} ${redactText(message)}`);
        if (fix) console.say(`${' '.repeat(27)}→ ${fix}`);
      }
      const failed = findings.filter(({ state }) => state === 'fail').length;
      if (failed > 0) throw new CommandFailed(`${failed} ${failed === 1 ? 'check' : 'checks'} failed`);
    });
};

/** Nothing else can be looked at while the environment is wrong. */
async function examine(console: Console): Promise<readonly Finding[]> {
  let env: Env;
  try {
    env = console.env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.problems.map((problem) => fail('environment', problem, 'Correct this, then run the doctor again.'));
  }
  const found: Finding[] = [ok('environment', 'every variable makes sense')];
  for (const [name, check] of Object.entries(checks)) found.push(...(await run(name, check, env)));
  return found;
}

async function run(name: string, check: Check, env: Env): Promise<readonly Finding[]> {
  try {
    return [await check(env)].flat();
  } catch (error) {
    return [fail(name, messageOf(error), 'This should not happen: please report it.')];
  }
}
