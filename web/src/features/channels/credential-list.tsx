import { Code, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelKey } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { RowAction } from '@/shared/ui/row-action';
import { StateDot } from '@/shared/ui/state-dot';
import { useSetCredentialStatus } from './channel.queries';
import { statusTones, usePauseWords } from './channel-state';
import { useChannelForm } from './channel-values';
import classes from './credential-list.module.css';

/** The stored credentials: only their ends can be seen. Removing one takes effect when the form is saved. */
export function CredentialList({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { keptKeys } = form.values;
  const setStatus = useSetCredentialStatus(channel.id, ({ keys }) =>
    form.setFieldValue(
      'keptKeys',
      keys.filter(({ id }) => keptKeys.some((kept) => kept.id === id)),
    ),
  );

  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {t('channels.storedKeys')}
      </Text>
      {keptKeys.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('channels.allKeysRemoved')}
        </Text>
      )}
      {keptKeys.length > 0 && (
        <ul className={classes.list}>
          {keptKeys.map((key) => (
            <Credential
              key={key.id}
              credential={key}
              onToggle={(status) => setStatus.mutate({ keyId: key.id, status })}
              onRemove={() =>
                form.setFieldValue(
                  'keptKeys',
                  keptKeys.filter(({ id }) => id !== key.id),
                )
              }
            />
          ))}
        </ul>
      )}
    </Stack>
  );
}

interface CredentialProps {
  credential: ChannelKey;
  onToggle: (status: 'enabled' | 'disabled') => void;
  onRemove: () => void;
}

function Credential({ credential, onToggle, onRemove }: CredentialProps) {
  const { preview, status, pauses, nextProbeAt } = credential;
  const { t } = useTranslation();
  const format = useFormat();
  const words = usePauseWords();
  const next = nextProbeAt && t('channels.nextProbe', { time: format.dateTime(nextProbeAt) });
  const reason = [credential.reason, next, ...pauses.map(words)].filter(Boolean).join(' ') || null;
  const enabled = status === 'enabled';
  const name = preview;
  return (
    <li className={classes.item}>
      <Code>{preview}</Code>
      <Group gap={4} wrap="nowrap">
        <StateDot
          tone={reason && enabled ? 'warn' : statusTones[status]}
          label={reason && enabled ? t('channels.keyResting') : t(`channels.status.${status}`)}
          reason={reason}
        />
        <RowAction
          icon={enabled ? IconPlayerPause : IconPlayerPlay}
          hint={enabled ? t('action.disable') : t('action.enable')}
          label={enabled ? t('action.disableOf', { name }) : t('action.enableOf', { name })}
          onClick={() => onToggle(enabled ? 'disabled' : 'enabled')}
        />
        <RowAction
          icon={IconTrash}
          hint={t('action.remove')}
          label={t('action.removeOf', { name })}
          onClick={onRemove}
        />
      </Group>
    </li>
  );
}
