import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AppLogger } from './app-logger';

/** Provides the process's `AppLogger`, for `app.useLogger` and for who needs more than Nest's `Logger`. */
@Global()
@Module({})
export class LoggerModule {
  static forRoot(logger: AppLogger): DynamicModule {
    return { module: LoggerModule, providers: [{ provide: AppLogger, useValue: logger }], exports: [AppLogger] };
  }
}
