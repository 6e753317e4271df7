import { Text, Timeline } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Attempt } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { useNames } from '@/shared/names.query';

/** Where the call was tried, in order. */
export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { channels } = useNames();
  const admin = isAdmin(useUser());
  if (attempts.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('logs.noAttempts')}
      </Text>
    );
  }
  return (
    <Timeline bulletSize={22} lineWidth={2} active={attempts.length}>
      {attempts.map((attempt, index) => {
        const failed = attempt.errorCode !== null || attempt.reason !== null;
        return (
          <Timeline.Item
            key={index}
            color={failed ? 'red' : 'teal'}
            bullet={failed ? <IconX size={13} /> : <IconCheck size={13} />}
            title={admin ? channels.nameOf(attempt.channelId) : t('logs.attemptNumber', { number: index + 1 })}
          >
            <Text size="sm" c="dimmed">
              {[
                attempt.credential,
                attempt.model,
                attempt.status,
                attempt.errorCode,
                format.dateTime(attempt.startedAt),
                format.duration(attempt.durationMs),
              ]
                .filter(Boolean)
                .join(' · ')}
            </Text>
            {attempt.reason && <Text size="sm">{attempt.reason}</Text>}
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
