/** metrics: what Prometheus scrapes. */
export * from './metrics-registry';
export * from './metrics.module';
