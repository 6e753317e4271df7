import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ENV, type Env } from './env';
import { loadEnv } from './load-env';

/** Provides `ENV` everywhere. The composition root hands over what it has loaded already. */
@Global()
@Module({})
export class EnvModule {
  static forRoot(env?: Env): DynamicModule {
    return { module: EnvModule, providers: [{ provide: ENV, useFactory: () => env ?? loadEnv() }], exports: [ENV] };
  }
}
