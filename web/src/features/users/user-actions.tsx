import { Menu } from '@mantine/core';
import { IconPencil, IconTrash, IconUserCheck, IconUserOff, IconWallet } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { useConfirm } from '@/shared/hooks/use-confirm';
import { useUser } from '@/shared/hooks/use-session';
import { RowAction } from '@/shared/ui/row-action';
import { RowMenu } from '@/shared/ui/row-menu';
import { useDeleteUser, useSetUserStatus } from './user.queries';

interface UserActionsProps {
  user: User;
  onEdit: (user: User) => void;
  onBalance: (user: User) => void;
}

export function UserActions({ user, onEdit, onBalance }: UserActionsProps) {
  const { t } = useTranslation();
  const me = useUser();
  const name = user.username;
  const mine = mayManage(me, user);
  return (
    <>
      <RowAction
        icon={IconWallet}
        hint={t('users.adjust')}
        label={t('users.adjustOf', { name })}
        disabled={!mine}
        onClick={() => onBalance(user)}
      />
      <RowAction
        icon={IconPencil}
        hint={t('action.edit')}
        label={t('action.editOf', { name })}
        disabled={!mine}
        onClick={() => onEdit(user)}
      />
      <MoreActions user={user} disabled={!mine || user.id === me.id} />
    </>
  );
}

/** As the server has it: one manages those of a lower role; root also itself. */
function mayManage(me: User, user: User): boolean {
  if (me.role === 'root') return true;
  return me.role === 'admin' && user.role === 'user';
}

function MoreActions({ user: { id, username: name, status }, disabled }: { user: User; disabled: boolean }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const setStatus = useSetUserStatus();
  const remove = useDeleteUser();
  const active = status === 'active';

  const toggle = () => {
    const change = () => setStatus.mutate({ id, status: active ? 'disabled' : 'active' });
    if (!active) return change();
    confirm({
      title: t('users.disableTitle', { name }),
      body: t('users.disableBody'),
      confirm: t('action.disable'),
      onConfirm: change,
    });
  };
  const askDelete = () =>
    confirm({
      title: t('users.deleteTitle', { name }),
      body: t('users.deleteBody'),
      confirm: t('action.delete'),
      onConfirm: () => remove.mutate(id),
    });

  return (
    <RowMenu label={t('action.moreOf', { name })} disabled={disabled}>
      <Menu.Item leftSection={active ? <IconUserOff size={16} /> : <IconUserCheck size={16} />} onClick={toggle}>
        {active ? t('action.disable') : t('action.enable')}
      </Menu.Item>
      <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={askDelete}>
        {t('action.delete')}
      </Menu.Item>
    </RowMenu>
  );
}
