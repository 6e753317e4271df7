import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/format/use-format';
import type { Measure, Step } from './usage-series';

interface UsageChartProps {
  steps: readonly Step[];
  measure: Measure;
  byHour: boolean;
  height: number;
}

/** The default export of a chunk of its own: charts are the heaviest part of the console. */
export default function UsageChart({ steps, measure, byHour, height }: UsageChartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const data = steps.map((step) => ({
    ...step,
    succeeded: step.requests - step.errors,
    label: byHour ? format.hour(step.at) : format.day(step.at),
  }));
  const name = t(`dashboard.measures.${measure}`);
  const total = steps.reduce((sum, step) => sum + step[measure], 0);
  const write = measure === 'costUsd' ? format.money : format.compact;
  return (
    <div role="img" aria-label={t('dashboard.chartLabel', { measure: name, total: write(total) })}>
      <BarChart
        h={height}
        data={data}
        dataKey="label"
        type="stacked"
        series={measure === 'requests' ? byOutcome(t) : [{ name: measure, label: name, color: 'lagoon.6' }]}
        gridAxis="x"
        tickLine="none"
        maxBarWidth={34}
        valueFormatter={write}
        yAxisProps={{ width: 64, allowDecimals: measure === 'costUsd' }}
        xAxisProps={{ minTickGap: 40 }}
        barProps={{ radius: 3, isAnimationActive: false }}
      />
    </div>
  );
}

const byOutcome = (t: TFunction) => [
  { name: 'succeeded', label: t('dashboard.succeeded'), color: 'lagoon.6' },
  { name: 'errors', label: t('dashboard.errors'), color: 'red.6' },
];
