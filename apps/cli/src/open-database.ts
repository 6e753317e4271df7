import { messageOf } from '@app/core';
import { connect, dataSourceOptions } from '@app/platform/database';
import type { Env } from '@app/platform/env';
import type { DataSource } from 'typeorm';
import { entities, migrations } from '../../../ormconfig';
import { CommandFailed } from './command';

/** Runs `work` on the database of `env`, connected without waiting and closed afterwards. */
export async function withDatabase<T>(env: Env, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await connect(dataSourceOptions(env, { entities, migrations }), { waitMs: 0 }).catch(refused);
  return work(dataSource).finally(() => dataSource.destroy());
}

const refused = (error: unknown): never => {
  throw new CommandFailed(messageOf(error), { cause: error });
};
