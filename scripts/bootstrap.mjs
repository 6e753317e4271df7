// Runs before `npm start`: a fresh clone has nothing but Node and npm, so this and what it imports have no dependency.
//   node scripts/bootstrap.mjs [build]
import { requireSupportedNode } from './lib/node-version.mjs';

requireSupportedNode();
const { prepare } = await import('./lib/prepare.mjs');

try {
  await prepare(process.argv.includes('build') ? ['server', 'web'] : []);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
