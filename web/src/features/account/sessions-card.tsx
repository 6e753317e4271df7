import { Badge, Button, Group, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { LoginSession } from '@/api/types';
import { useConfirm } from '@/shared/hooks/use-confirm';
import { Card } from '@/shared/ui/card';
import { RelativeTime } from '@/shared/ui/relative-time';
import { ErrorState } from '@/shared/ui/states';
import { sessionsQuery, useRevokeSession } from './account.queries';
import { deviceOf } from './device';
import classes from './sessions-card.module.css';

export function SessionsCard() {
  const { t } = useTranslation();
  const query = useQuery(sessionsQuery);
  return (
    <Card title={t('account.sessions')} hint={t('account.sessionsHint')}>
      {query.isPending && (
        <Stack role="status" aria-label={t('state.loading')}>
          <Skeleton height={48} />
          <Skeleton height={48} />
        </Stack>
      )}
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <ul className={classes.list}>
          {query.data.map((item) => (
            <SessionRow key={item.id} item={item} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function SessionRow({ item: { id, ip, userAgent, createdAt, lastSeenAt, current } }: { item: LoginSession }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const revoke = useRevokeSession();
  const { name, mobile } = deviceOf(userAgent);
  const device = name ?? t('account.unknownDevice');
  const ask = () =>
    confirm({
      title: t('account.revokeTitle'),
      body: t('account.revokeBody', { device }),
      confirm: t('account.revoke'),
      onConfirm: () => revoke.mutate(id),
    });

  return (
    <li className={classes.item}>
      <ThemeIcon variant="default" size={40} radius="md">
        {mobile ? <IconDeviceMobile size={20} stroke={1.5} /> : <IconDeviceDesktop size={20} stroke={1.5} />}
      </ThemeIcon>
      <div className={classes.text}>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {device}
          </Text>
          {current && (
            <Badge variant="light" tt="none" fw={500}>
              {t('account.thisDevice')}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" component="div">
          {ip ?? t('account.unknownAddress')} · {t('account.lastSeen')} <RelativeTime at={lastSeenAt} /> ·{' '}
          {t('account.signedIn')} <RelativeTime at={createdAt} />
        </Text>
      </div>
      {!current && (
        <Button
          variant="default"
          size="xs"
          aria-label={t('account.revokeOf', { device })}
          loading={revoke.isPending}
          onClick={ask}
        >
          {t('account.revoke')}
        </Button>
      )}
    </li>
  );
}
