import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';

/**
 * Leaves the checkout with its packages installed and the targets built. Costs one read of the sources when there is
 * nothing to do, and then takes no lock.
 */
export async function prepare(targets = [], options = {}) {
  if (!options.force && isInstalled() && isBuilt(targets)) return;
  await withLock(async (share) => {
    await install(share);
    await build(targets, options);
  });
}
