import 'reflect-metadata';
import { createInterface } from 'node:readline/promises';
import { DomainError, messageOf, redactText } from '@app/core';
import { EnvError, loadEnv } from '@app/platform/env';
import { Logger } from '@nestjs/common';
import { CommandFailed } from './command';
import { createProgram } from './program';

async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}

const expected = [CommandFailed, DomainError, EnvError];

async function main(): Promise<void> {
  Logger.overrideLogger(['fatal', 'error', 'warn']);
  const program = createProgram({
    env: () => loadEnv(),
    say: (line) => void process.stdout.write(`${line}\n`),
    readLine,
  });
  try {
    await program.parseAsync();
  } catch (error) {
    const plain = expected.some((type) => error instanceof type) || !(error instanceof Error);
    process.stderr.write(`${redactText(plain ? messageOf(error) : (error.stack ?? error.message))}\n`);
    process.exitCode = 1;
  }
}

void main();
