// ESM-only packages that Node can require() but jest cannot: transformed like our own sources.
const esmOnly = ['chokidar', 'readdirp', 'uuid', 'jose'];

const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    '^@app/platform/([a-z-]+)$': '<rootDir>/libs/platform/src/$1/index.ts',
    '^@app/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
};

const project = (displayName, folders, more = {}) => ({
  ...base,
  ...more,
  displayName,
  testMatch: folders.map((folder) => `<rootDir>/${folder}/**/*.spec.ts`),
});

// Never for unit and recorded tests: there, what fails once is wrong.
const secondTry = { setupFilesAfterEnv: ['<rootDir>/test/support/second-try.ts'] };

module.exports = {
  // Only to tell a hang from a busy machine: whole servers start in some tests.
  testTimeout: 120_000,
  projects: [
    project('unit', ['libs', 'apps', 'web/src']),
    project('contract', ['test/contract'], secondTry),
    project('e2e', ['test/e2e'], secondTry),
    project('recorded', ['test/recorded']),
    project('browser', ['test/browser'], secondTry),
    project('chaos', ['test/chaos'], secondTry),
  ],
};
