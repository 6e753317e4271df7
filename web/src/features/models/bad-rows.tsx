import { Alert, List, ScrollArea } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ComparedPriceList } from '@/api/types';

/** Rows of a list that cannot be taken over, and why. */
export function BadRows({ rows, count }: { rows: ComparedPriceList['bad']; count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle />}
      title={t('priceList.bad', { count })}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <ScrollArea.Autosize mah={120} viewportProps={{ tabIndex: 0, 'aria-label': t('priceList.bad', { count }) }}>
        <List size="sm">
          {rows.map(({ row, reason }, index) => (
            <List.Item key={`${index} ${row}`}>
              {row}: {reason}
            </List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
    </Alert>
  );
}
