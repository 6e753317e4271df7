// Writes web/openapi.json from the compiled controllers. Nothing is started: no provider, database or port.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { inRoot } from './paths.mjs';

// What the machine's environment says must not decide whether a build succeeds.
const { PATH, HOME } = process.env;
process.env = { PATH, HOME, DATA_DIR: tmpdir() };

const require = createRequire(inRoot('dist/apps/server/src/main.js'));
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { ServerModule } = require('./server.module');
const { openApiDocument } = require('./openapi');
const { loadEnv } = require('../../../libs/platform/src/env');

const app = await NestFactory.create(ServerModule.forRoot(loadEnv()), {
  preview: true,
  logger: false,
  abortOnError: false,
});
const text = `${JSON.stringify(await openApiDocument(app), null, 2)}\n`;
const file = inRoot('web/openapi.json');
if (current() !== text) writeFileSync(file, text);
await app.close();

function current() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
