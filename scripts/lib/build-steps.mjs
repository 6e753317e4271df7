import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';
import { mustRun } from './process.mjs';

const sources = ['apps', 'libs', 'ormconfig.ts'];
const tool = (name) => inRoot('node_modules/.bin', name);

/**
 * What a build does, in order. A step runs when its inputs changed or an output is missing; the inputs of the later
 * ones include outputs of the earlier, so a change spreads as far as it changes something and no further.
 */
export const steps = [
  {
    name: 'api-metadata',
    target: 'server',
    inputs: [...sources, 'tsconfig.json', 'scripts/lib/api-metadata.mjs'],
    ignored: ['apps/server/src/metadata.ts'],
    outputs: ['apps/server/src/metadata.ts'],
    run: () => mustRun('Reading the API types', process.execPath, [inRoot('scripts/lib/api-metadata.mjs')]),
  },
  {
    name: 'server',
    target: 'server',
    inputs: [...sources, '.swcrc', 'package.json'],
    outputs: ['dist/apps/server/src/main.js', 'dist/apps/server/src/metadata.js', 'dist/package.json'],
    run: compile,
  },
  {
    name: 'api-document',
    target: 'server',
    inputs: [...sources, 'package.json', 'scripts/lib/api-document.mjs'],
    outputs: ['web/openapi.json'],
    run: () => mustRun('Writing the API document', process.execPath, [inRoot('scripts/lib/api-document.mjs')]),
  },
  {
    name: 'api-client',
    target: 'server',
    inputs: ['web/openapi.json'],
    outputs: ['web/src/api/schema.gen.d.ts'],
    run: () =>
      mustRun(
        'Writing the client types',
        tool('openapi-typescript'),
        ['web/openapi.json', '--output=web/src/api/schema.gen.d.ts'],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      ),
  },
  {
    name: 'console',
    target: 'web',
    inputs: ['web'],
    ignored: ['web/openapi.json', 'web/src/api/schema.gen.d.ts'],
    outputs: ['web/dist/index.html'],
    run: () => mustRun('Building the console', tool('vite'), ['build', 'web', '--logLevel=warn']),
  },
];

async function compile() {
  const options = ['-d', 'dist', '--config-file', '.swcrc', '--copy-files', '--ignore', '**/*.spec.ts', '--quiet'];
  await mustRun('Compiling the server', tool('swc'), [...sources, ...options]);
  // The server names its version from it.
  copyFileSync(inRoot('package.json'), inRoot('dist/package.json'));
  ['dist/apps', 'dist/libs'].forEach(removeOrphans);
}

/** Overwriting in place, then removing what lost its source, leaves a running server its files throughout. */
function removeOrphans(folder) {
  for (const name of readdirSync(inRoot(folder))) {
    const path = join(folder, name);
    if (statSync(inRoot(path)).isDirectory()) removeOrphans(path);
    else if (!hasSource(path)) rmSync(inRoot(path));
  }
}

function hasSource(output) {
  const path = output.slice('dist/'.length);
  return [path, path.replace(/\.js(\.map)?$/, '.ts'), path.replace(/\.js(\.map)?$/, '.tsx')].some((source) =>
    existsSync(inRoot(source)),
  );
}
