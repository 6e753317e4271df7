import { Global, Module } from '@nestjs/common';
import { MetricsRegistry } from './metrics-registry';

@Global()
@Module({
  providers: [{ provide: MetricsRegistry, useFactory: () => new MetricsRegistry().withDefaults() }],
  exports: [MetricsRegistry],
})
export class MetricsModule {}
