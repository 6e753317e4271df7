import { Reconciliation, type ReconciliationReport } from '@app/billing';
import { LogsModule } from '@app/logs';
import type { Env } from '@app/platform/env';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PlatformModule } from '../../../server/src/platform.module';
import { CommandFailed, type Register } from '../command';

/** Without the rest of billing, which settles what dead processes left: this command only looks. */
@Module({})
class ReconcileModule {
  static forRoot(env: Env): DynamicModule {
    return { module: ReconcileModule, imports: [PlatformModule.forRoot(env), LogsModule], providers: [Reconciliation] };
  }
}

export const registerReconcile: Register = (program, { env, say }) => {
  program
    .command('reconcile')
    .description('compare ledger, balances, leases, usage log and journals; reports what differs, repairs nothing')
    .action(async () => {
      const report = await reconcile(env());
      for (const line of linesOf(report)) say(line);
      if (report.status === 'differences') throw new CommandFailed(`${report.differenceCount} differences`);
    });
};

async function reconcile(env: Env): Promise<ReconciliationReport> {
  const app = await NestFactory.createApplicationContext(ReconcileModule.forRoot(env), { logger: ['error', 'warn'] });
  try {
    return await app.get(Reconciliation).run('command');
  } finally {
    await app.close();
  }
}

function* linesOf({ id, counts, differences, status }: ReconciliationReport): Generator<string> {
  for (const [what, count] of Object.entries(counts)) yield `${what.padEnd(18)} ${count}`;
  for (const { kind, subject, expected, actual, detail } of differences)
    yield [
      `${kind.padEnd(18)} ${subject}`,
      expected !== undefined && `expected ${expected}`,
      actual !== undefined && `found ${actual}`,
      detail,
    ]
      .filter(Boolean)
      .join('  ');
  yield status === 'clean' ? `Nothing differs (report ${id}).` : `See report ${id}; amounts are nano-USD.`;
}
