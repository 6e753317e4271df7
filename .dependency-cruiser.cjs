// The architecture of docs/request-path.md as rules: `npm run deps`.

/** A lib imports libs of a lower rank only; the apps stand on top. */
const ranks = {
  core: 0,
  platform: 1,
  providers: 1,
  config: 2,
  logs: 3,
  users: 4,
  channels: 4,
  billing: 5,
  relay: 6,
  tasks: 7,
};

const libs = Object.keys(ranks);
const named = (names) => `^libs/(${names.join('|')})/`;
const packages = (...names) => `node_modules/(@types/)?(${names.join('|')})/`;
const fault = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const byRank = libs.map((lib) =>
  fault(
    `rank-${lib}`,
    `libs/${lib} has rank ${ranks[lib]}: it imports libs of a lower rank, and no app.`,
    { path: named([lib]) },
    { path: [named(libs.filter((other) => other !== lib && ranks[other] >= ranks[lib])), '^apps/'] },
  ),
);

module.exports = {
  forbidden: [
    ...byRank,
    fault(
      'unranked-lib',
      'A new lib gets its rank in .dependency-cruiser.cjs.',
      { path: '^libs/', pathNot: named(libs) },
      {},
    ),
    fault(
      'no-circular',
      'Whatever both need belongs below both. (A type may be named in a circle: nothing of it is left at run time.)',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    fault('no-unresolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
    fault(
      'no-undeclared-package',
      'At run time there is only what package.json lists under dependencies.',
      { path: '^(apps|libs)/' },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    ),
    fault('no-test-code', 'What ships does not lean on tests.', { path: '^(apps|libs)/' }, { path: '^test/' }),
    fault(
      'core-is-pure',
      'core is plain TypeScript: ids are all it borrows.',
      { path: '^libs/core/' },
      { path: 'node_modules/', pathNot: packages('uuid') },
    ),
    fault(
      'headless-libs',
      'Libs know no HTTP framework, API document or DTO; those are the apps’.',
      { path: '^libs/' },
      {
        path: packages(
          'express',
          'express-serve-static-core',
          '@nestjs/(swagger|platform-express|passport)',
          'passport[^/]*',
          'class-validator',
          'class-transformer',
        ),
      },
    ),
    fault(
      'technology-behind-platform',
      'One folder of libs/platform wraps each outside technology; everybody else uses its port.',
      { path: '^(apps|libs)/', pathNot: '^libs/platform/' },
      {
        path: packages(
          'ioredis',
          'winston[^/]*',
          'better-sqlite3',
          'pg',
          'mysql2',
          'keyv',
          '@keyv',
          'cacheable',
          'cache-manager',
          'prom-client',
        ),
        dependencyTypesNot: ['type-only'],
      },
    ),
    fault(
      'no-feature-to-feature',
      'Admin features meet in the libs below them, or in admin/http.',
      { path: '^apps/server/src/admin/([^/]+)/' },
      { path: '^apps/server/src/admin/[^/]+/', pathNot: '^apps/server/src/admin/($1|http)/' },
    ),
    fault(
      'data-plane-knows-no-admin',
      'The planes share libs, not code.',
      { path: '^apps/server/src/relay/' },
      { path: '^apps/server/src/admin/' },
    ),
    fault(
      'admin-knows-no-data-plane',
      'The planes share libs, not code.',
      { path: '^apps/server/src/admin/' },
      { path: '^apps/server/src/relay/' },
    ),
    fault(
      'data-plane-without-framework',
      'The hot path is a plain request listener.',
      { path: ['^apps/server/src/relay/', '^libs/relay/'] },
      { path: packages('express', 'express-serve-static-core', '@nestjs/(swagger|platform-express)') },
    ),
    fault(
      'no-protocol-to-protocol',
      'Protocols meet in the neutral form, libs/relay/src/chat.',
      { path: '^libs/relay/src/protocols/([^/]+)/' },
      { path: '^libs/relay/src/protocols/[^/]+/', pathNot: '^libs/relay/src/protocols/$1/' },
    ),
    fault(
      'pure-functions',
      'A protocol or a provider is functions over values: no framework, no HTTP, no file.',
      { path: ['^libs/relay/src/protocols/', '^libs/providers/'] },
      { path: [packages('@nestjs', 'undici', 'typeorm'), '^(node:)?(https?|net|fs)(/|$)'] },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '\\.spec\\.ts$' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
