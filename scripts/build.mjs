// Builds what changed.
//   node scripts/build.mjs [--server] [--web] [--force]
import { requireSupportedNode } from './lib/node-version.mjs';

requireSupportedNode();
const { prepare } = await import('./lib/prepare.mjs');

const asked = ['server', 'web'].filter((target) => process.argv.includes(`--${target}`));
try {
  await prepare(asked.length > 0 ? asked : ['server', 'web'], { force: process.argv.includes('--force') });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
