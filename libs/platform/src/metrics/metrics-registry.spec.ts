import { Test } from '@nestjs/testing';
import { MetricsModule } from './metrics.module';
import { MetricsRegistry } from './metrics-registry';

it('exposes what was counted, set and observed', async () => {
  const metrics = new MetricsRegistry();
  metrics.counter({ name: 'one_api_calls_total', help: 'Calls', labelNames: ['status'] }).inc({ status: 'ok' }, 2);
  metrics.gauge({
    name: 'one_api_waiting',
    help: 'Waiting',
    collect() {
      this.set(7);
    },
  });
  metrics.histogram({ name: 'one_api_seconds', help: 'Time', buckets: [1] }).observe(0.5);
  const { contentType, body } = await metrics.exposition();
  expect(contentType).toMatch(/^text\/plain; version=/);
  expect(body).toContain('one_api_calls_total{status="ok"} 2\n');
  expect(body).toContain('one_api_waiting 7\n');
  expect(body).toContain('one_api_seconds_bucket{le="1"} 1\n');
});

it('keeps registries apart, so that two applications live in one process', () => {
  const counter = { name: 'one_api_same_total', help: 'Same' };
  new MetricsRegistry().counter(counter);
  expect(() => new MetricsRegistry().counter(counter)).not.toThrow();
});

it('brings the metrics of the process', async () => {
  const module = await Test.createTestingModule({ imports: [MetricsModule] }).compile();
  const { body } = await module.get(MetricsRegistry).exposition();
  expect(body).toMatch(/^one_api_process_resident_memory_bytes \d+/m);
  expect(body).toMatch(/^one_api_nodejs_eventloop_lag_seconds /m);
});
