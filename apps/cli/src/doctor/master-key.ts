import { statSync } from 'node:fs';
import { messageOf } from '@app/core';
import { findMasterKeys, masterKeyFile } from '@app/platform/secrets';
import { type Check, fail, ok, warn } from './check';

const name = 'master key';

export const checkMasterKey: Check = async (env) => {
  const path = masterKeyFile(env.dataDir);
  try {
    const keys = findMasterKeys(env);
    if (keys === null) return ok(name, `${path} will be made at the first start`);
    if (env.masterKey !== undefined) return ok(name, `${keys.length} in MASTER_KEY`);
    const mode = statSync(path).mode & 0o777;
    if ((mode & 0o077) !== 0) return warn(name, `others may read ${path}`, `chmod 600 ${path}`);
    return ok(name, `${keys.length} in ${path}: keep a copy elsewhere`);
  } catch (error) {
    return fail(name, messageOf(error), 'Without the key the stored channel keys cannot be read.');
  }
};
