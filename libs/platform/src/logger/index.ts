/** logger: winston behind Nest's logger: redacted lines with the request id, in rotated files and on the terminal. */
export { AppLogger, type AppLoggerOptions } from './app-logger';
export * from './logger.module';
export * from './request-context';
