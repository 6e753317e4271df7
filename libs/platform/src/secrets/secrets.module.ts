import { Global, Module } from '@nestjs/common';
import { ENV, type Env } from '../env';
import { loadMasterKeys } from './master-key';
import { SecretBox } from './secret-box';

@Global()
@Module({
  providers: [{ provide: SecretBox, inject: [ENV], useFactory: (env: Env) => new SecretBox(loadMasterKeys(env)) }],
  exports: [SecretBox],
})
export class SecretsModule {}
