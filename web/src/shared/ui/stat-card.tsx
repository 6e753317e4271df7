import { Group, Paper, Skeleton, Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DASH } from '@/shared/format/format';
import classes from './stat-card.module.css';

interface StatCardProps {
  icon: Icon;
  label: string;
  value: string | undefined;
  note?: ReactNode;
  loading: boolean;
  failed: boolean;
  alarming?: boolean;
  /** Takes the whole line where there are two columns. */
  wide?: boolean;
}

/** One number with its name. */
export function StatCard({
  icon: Symbol,
  label,
  value,
  note,
  loading,
  failed,
  alarming = false,
  wide = false,
}: StatCardProps) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md" component="dl" className={classes.root} data-wide={wide || undefined}>
      <Group component="dt" gap={8} wrap="nowrap" className={classes.label}>
        <Symbol size={16} stroke={1.7} aria-hidden />
        {label}
      </Group>
      {loading ? (
        <Skeleton component="dd" height={30} width="60%" mt={10} ml={0} aria-label={t('state.loading')} />
      ) : (
        <dd className={classes.value} data-alarming={alarming || undefined}>
          {failed ? DASH : value}
        </dd>
      )}
      <Text component="dd" size="xs" c="dimmed" ml={0} mih={18} truncate>
        {failed ? t('state.notAvailable') : note || null}
      </Text>
    </Paper>
  );
}
