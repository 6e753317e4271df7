import { Menu } from '@mantine/core';
import { IconBolt, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';
import { useConfirm } from '@/shared/hooks/use-confirm';
import { RowAction } from '@/shared/ui/row-action';
import { RowMenu } from '@/shared/ui/row-menu';
import { useDeleteChannel, useSetChannelStatus } from './channel.queries';

interface ChannelActionsProps {
  channel: Channel;
  onEdit: (channel: Channel) => void;
  onTest: (channel: Channel) => void;
}

export function ChannelActions({ channel, onEdit, onTest }: ChannelActionsProps) {
  const { t } = useTranslation();
  const { name } = channel;
  return (
    <>
      <RowAction
        icon={IconBolt}
        hint={t('channels.test')}
        label={t('channels.testOf', { name })}
        onClick={() => onTest(channel)}
      />
      <RowAction
        icon={IconPencil}
        hint={t('action.edit')}
        label={t('action.editOf', { name })}
        onClick={() => onEdit(channel)}
      />
      <MoreActions channel={channel} />
    </>
  );
}

function MoreActions({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const setStatus = useSetChannelStatus();
  const remove = useDeleteChannel();
  const { id, name, status } = channel;
  const enabled = status === 'enabled';
  return (
    <RowMenu label={t('action.moreOf', { name })}>
      <Menu.Item
        leftSection={enabled ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        onClick={() => setStatus.mutate({ id, status: enabled ? 'disabled' : 'enabled' })}
      >
        {enabled ? t('action.disable') : t('action.enable')}
      </Menu.Item>
      <Menu.Item
        color="red"
        leftSection={<IconTrash size={16} />}
        onClick={() =>
          confirm({
            title: t('channels.deleteTitle', { name }),
            body: t('channels.deleteBody'),
            confirm: t('action.delete'),
            onConfirm: () => remove.mutate(id),
          })
        }
      >
        {t('action.delete')}
      </Menu.Item>
    </RowMenu>
  );
}
