import { SimpleGrid } from '@mantine/core';
import { IconAlertTriangle, IconArrowsExchange, IconCoin, IconTextRecognition, IconWallet } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/format/use-format';
import { meQuery } from '@/shared/me.query';
import { StatCard } from '@/shared/ui/stat-card';
import { todayQuery } from './dashboard.queries';

export function TodayCards() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useQuery({ ...meQuery, refetchInterval: 15_000 });
  const { data: today, isPending, isError } = useQuery(todayQuery);
  const balance = me.data && format.money(me.data.balanceUsd);
  const broke = me.data !== undefined && me.data.balanceUsd <= 0;
  const state = { loading: isPending, failed: isError && !today };
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing={{ base: 'sm', sm: 'md' }}>
      <StatCard
        wide
        icon={IconWallet}
        label={t('dashboard.balance')}
        value={balance}
        note={
          me.data &&
          (broke ? t('dashboard.noBalance') : t('dashboard.spentEver', { amount: format.money(me.data.usedUsd) }))
        }
        alarming={broke}
        loading={me.isPending}
        failed={me.isError && !me.data}
      />
      <StatCard
        icon={IconCoin}
        label={t('dashboard.spentToday')}
        value={today && format.money(today.costUsd)}
        note={
          today &&
          today.requests > 0 &&
          t('dashboard.perRequest', { amount: format.money(today.costUsd / today.requests) })
        }
        {...state}
      />
      <StatCard
        icon={IconArrowsExchange}
        label={t('dashboard.requestsToday')}
        value={today && format.compact(today.requests)}
        note={today && today.p50Ms !== null && t('dashboard.median', { time: format.duration(today.p50Ms) })}
        {...state}
      />
      <StatCard
        icon={IconTextRecognition}
        label={t('dashboard.tokensToday')}
        value={today && format.compact(today.inputTokens + today.outputTokens)}
        note={
          today &&
          t('dashboard.inOut', { input: format.compact(today.inputTokens), output: format.compact(today.outputTokens) })
        }
        {...state}
      />
      <StatCard
        icon={IconAlertTriangle}
        label={t('dashboard.errorsToday')}
        value={today && format.compact(today.errors)}
        note={
          today &&
          today.requests > 0 &&
          t('dashboard.ofRequests', { share: format.percent(today.errors / today.requests) })
        }
        alarming={Boolean(today && today.errors > 0)}
        {...state}
      />
    </SimpleGrid>
  );
}
