import type { LoggerService } from '@nestjs/common';

/** Nest announces every module and every route it sets up: worth nothing to an operator. */
const chatter = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Passes everything on but the framework's own announcements. Its warnings and errors stay. */
export const withoutFrameworkChatter = (logger: LoggerService): LoggerService => ({
  log: (message: unknown, ...more: unknown[]) => {
    if (!chatter.has(String(more.at(-1)))) logger.log(message, ...(more as []));
  },
  warn: logger.warn.bind(logger),
  error: logger.error.bind(logger),
  fatal: logger.fatal?.bind(logger),
  debug: logger.debug?.bind(logger),
  verbose: logger.verbose?.bind(logger),
});
