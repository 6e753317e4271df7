/** env: the only reader of process.env. Validated once, explained in full, injected as `ENV`. */
export * from './config-file';
export * from './database-url';
export * from './env';
export * from './env.module';
export { EnvError, loadEnv } from './load-env';
export { isMasterKey } from './variables';
