import { Menu } from '@mantine/core';
import {
  IconListDetails,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ApiKey, IssuedKey } from '@/api/types';
import { useConfirm } from '@/shared/hooks/use-confirm';
import { MenuItemLink } from '@/shared/ui/links';
import { RowAction } from '@/shared/ui/row-action';
import { RowMenu } from '@/shared/ui/row-menu';
import { useDeleteKey, useRotateKey, useSetKeyStatus } from './key.queries';

interface KeyActionsProps {
  apiKey: ApiKey;
  onEdit: (apiKey: ApiKey) => void;
  onRotated: (apiKey: IssuedKey) => void;
}

export function KeyActions({ apiKey, onEdit, onRotated }: KeyActionsProps) {
  const { t } = useTranslation();
  const { name } = apiKey;
  return (
    <>
      <RowAction
        icon={IconPencil}
        hint={t('action.edit')}
        label={t('action.editOf', { name })}
        onClick={() => onEdit(apiKey)}
      />
      <RowMenu label={t('action.moreOf', { name })}>
        <KeyMenuItems apiKey={apiKey} onRotated={onRotated} />
      </RowMenu>
    </>
  );
}

function KeyMenuItems({ apiKey: { id, name, status }, onRotated }: Omit<KeyActionsProps, 'onEdit'>) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const setStatus = useSetKeyStatus();
  const rotate = useRotateKey(onRotated);
  const remove = useDeleteKey();
  const active = status === 'active';

  const askRotate = () =>
    confirm({
      title: t('keys.rotateTitle', { name }),
      body: t('keys.rotateBody'),
      confirm: t('keys.rotate'),
      onConfirm: () => rotate.mutate(id),
    });
  const askDelete = () =>
    confirm({
      title: t('keys.deleteTitle', { name }),
      body: t('keys.deleteBody'),
      confirm: t('action.delete'),
      onConfirm: () => remove.mutate(id),
    });

  return (
    <>
      <MenuItemLink to="/logs" search={{ tokenId: id }} leftSection={<IconListDetails size={16} />}>
        {t('keys.seeUsage')}
      </MenuItemLink>
      <Menu.Item
        leftSection={active ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        onClick={() => setStatus.mutate({ id, status: active ? 'disabled' : 'active' })}
      >
        {active ? t('action.disable') : t('action.enable')}
      </Menu.Item>
      <Menu.Item leftSection={<IconRefresh size={16} />} onClick={askRotate}>
        {t('keys.rotate')}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={askDelete}>
        {t('action.delete')}
      </Menu.Item>
    </>
  );
}
