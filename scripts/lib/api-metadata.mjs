// swc keeps no return types, so @nestjs/swagger would publish empty responses. TypeScript reads them here, from the
// controllers and DTOs alone and without checking them (that is `npm run types`), into apps/server/src/metadata.ts.
import { createRequire } from 'node:module';
import { filesIn } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';

const require = createRequire(import.meta.url);
const ts = require('typescript');
const { PluginMetadataGenerator } = require('@nestjs/cli/lib/compiler/plugins/plugin-metadata-generator');
const { ReadonlyVisitor } = require('@nestjs/swagger/plugin');
const types = require(inRoot('node_modules/@nestjs/swagger/dist/plugin/utils/ast-utils.js'));

// The plugin knows `Item[]` only; a DTO's `readonly Item[]` is a list, too.
const { isArray } = types;
types.isArray = (type) => isArray(type) || type.symbol?.name === 'ReadonlyArray';

/** An entity never crosses the HTTP boundary: DTOs alone are described. */
const options = { introspectComments: true, classValidatorShim: true, dtoFileNameSuffix: ['.dto.ts'] };
const outputDir = inRoot('apps/server/src');
const config = ts.getParsedCommandLineOfConfigFile(
  inRoot('tsconfig.json'),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
);
const described = filesIn(['apps/server/src']).filter((path) => /\.(controller|dto)\.ts$/.test(path));
const program = ts.createProgram(
  described.map((path) => inRoot(path)),
  config.options,
);

new PluginMetadataGenerator().generate({
  tsProgramRef: program,
  visitors: [new ReadonlyVisitor({ ...options, pathToSource: outputDir })],
  outputDir,
  filename: 'metadata.ts',
});

function fail(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}
