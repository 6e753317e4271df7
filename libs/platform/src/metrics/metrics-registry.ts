import {
  collectDefaultMetrics,
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';

/** How often the lag of the event loop is measured. Each time wakes the process: every 10 ms, the default, was half of what it did when idle. */
const LAG_EVERY_MS = 100;

type Without<Configuration> = Omit<Configuration, 'registers'>;

/**
 * The process's Prometheus registry. Names start with `one_api_`; label values must come from a bounded set (model, channel,
 * status), never from what a caller sends.
 *
 *     const requests = metrics.counter({ name: 'one_api_requests_total', help: '…', labelNames: ['status'] });
 *     requests.inc({ status: 'ok' });
 */
export class MetricsRegistry {
  private readonly registry = new Registry();

  /** With the metrics of Node itself: memory, event loop lag, garbage collection. */
  withDefaults(): this {
    collectDefaultMetrics({ register: this.registry, prefix: 'one_api_', eventLoopMonitoringPrecision: LAG_EVERY_MS });
    return this;
  }

  counter<Label extends string = never>(configuration: Without<CounterConfiguration<Label>>): Counter<Label> {
    return new Counter({ ...configuration, registers: [this.registry] });
  }

  /** `collect` is called at each scrape: for values that live elsewhere, such as the length of a queue. */
  gauge<Label extends string = never>(configuration: Without<GaugeConfiguration<Label>>): Gauge<Label> {
    return new Gauge({ ...configuration, registers: [this.registry] });
  }

  histogram<Label extends string = never>(configuration: Without<HistogramConfiguration<Label>>): Histogram<Label> {
    return new Histogram({ ...configuration, registers: [this.registry] });
  }

  /** All metrics in the text exposition format, and its content type. */
  async exposition(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
