import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.{ts,tsx,mts}'];
const shipped = ['apps/**/*.ts', 'libs/**/*.ts'];
const specs = ['**/*.spec.ts', 'test/**'];
const plain = ['**/*.{js,mjs,cjs}'];

/** The environment is read, validated and typed in one place. */
const environment = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'Declare the variable in libs/platform/src/env and inject Env.' },
  ],
  'no-restricted-imports': [
    'error',
    { paths: [{ name: 'node:process', importNames: ['env'], message: 'Inject Env of @app/platform/env.' }] },
  ],
};

/** One noun and its verbs: what is longer than this holds several. */
const size = {
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }],
  'max-depth': ['error', 4],
  // Counts every `??` and `?.`, so a flat mapper scores, too.
  complexity: ['error', 20],
};

export default tseslint.config(
  {
    ignores: ['**/dist/', '**/node_modules/', '**/coverage/', 'apps/*/src/metadata.ts', 'web/src/api/schema.gen.d.ts'],
  },
  js.configs.recommended,
  {
    files: typescript,
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // Rules that ask the type checker cost most of the time: only where a lost promise loses money or a test.
    files: ['{apps,libs,test}/**/*.ts', 'ormconfig.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
    },
  },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      // Names with control characters are refused by regular expressions that name them.
      'no-control-regex': 'off',
    },
  },
  { files: shipped, ignores: specs, rules: { ...size, 'no-console': 'error' } },
  { files: shipped, ignores: [...specs, 'libs/platform/src/env/**'], rules: environment },
  // The command line's output is its console.
  { files: ['apps/cli/**'], rules: { 'no-console': 'off' } },
  {
    files: ['web/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.flat.recommended.rules,
      ...size,
      complexity: ['error', 25],
      // A component's markup is one expression.
      'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: plain, languageOptions: { globals: readonly(Object.getOwnPropertyNames(globalThis)) } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: readonly(['__dirname', '__filename']) } },
  {
    files: ['web/public/**/*.js'],
    languageOptions: { sourceType: 'script', globals: readonly(['window', 'document', 'localStorage', 'matchMedia']) },
    rules: { 'no-var': 'off' },
  },
);

function readonly(names) {
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
