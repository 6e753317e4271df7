import { inRoot } from './paths.mjs';

const minutes = (count) => count * 60_000;
const tool = (name, ...args) => [inRoot('node_modules/.bin', name), ...args];
const cache = (name) => inRoot('node_modules/.cache/test', name);
// Whether a promise floats may hang on a type in another file, which eslint's cache does not look at: CI does without.
const cachedLint = process.env.CI ? [] : ['--cache', '--cache-location', cache('eslint')];
const typeCheck = (project, name) =>
  tool('tsc', '--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', cache(`types-${name}.json`));
const jest = (project, ...args) => ({ jest: project, args });

/**
 * What `npm test` is made of.
 * - `commands`: each is one check, passed when it exits with 0 · `jest`: a project of jest.config.cjs, counted by test
 * - `builds`: what must be built first · `optional`: a checkout may have no such tests
 */
export const stages = {
  types: {
    builds: ['server'],
    commands: [typeCheck('.', 'server'), typeCheck('web', 'web')],
    timeoutMs: minutes(10),
  },
  lint: {
    commands: [
      tool('eslint', '.', '--max-warnings=0', ...cachedLint),
      tool('prettier', '--check', '--log-level=warn', '.', '--cache', `--cache-location=${cache('prettier')}`),
    ],
    timeoutMs: minutes(10),
  },
  deps: {
    commands: [tool('depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'ormconfig.ts')],
    timeoutMs: minutes(3),
  },
  unit: { ...jest('unit'), timeoutMs: minutes(5) },
  contract: { ...jest('contract'), timeoutMs: minutes(10) },
  e2e: { ...jest('e2e', '--runInBand'), builds: ['server', 'web'], timeoutMs: minutes(12) },
  browser: { ...jest('browser', '--runInBand'), builds: ['server', 'web'], timeoutMs: minutes(8) },
  recorded: { ...jest('recorded'), optional: true, timeoutMs: minutes(8) },
  chaos: { ...jest('chaos', '--runInBand'), builds: ['server'], optional: true, timeoutMs: minutes(12) },
};

/** The stages of a plain `npm test`. */
export const standard = ['types', 'lint', 'deps', 'unit', 'contract', 'e2e', 'browser'];
