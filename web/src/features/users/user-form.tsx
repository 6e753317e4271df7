import { PasswordInput, Select, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { NewUser, Role, User, UserChange } from '@/api/types';
import { useUser } from '@/shared/hooks/use-session';
import { useSubmit } from '@/shared/hooks/use-submit';
import { groupsQuery } from '@/shared/groups.query';
import { FormDrawer } from '@/shared/ui/form-drawer';
import { useChangeUser, useCreateUser } from './user.queries';

interface UserValues {
  username: string;
  password: string;
  email: string;
  role: Role;
  group: string;
}

/** `user` absent: a new one. */
export function UserForm({ user, onClose }: { user: User | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useUser();
  const create = useCreateUser();
  const change = useChangeUser(user?.id ?? '');
  const { data: groups = [] } = useQuery(groupsQuery);
  const form = useForm<UserValues>({
    initialValues: {
      username: user?.username ?? '',
      password: '',
      email: user?.email ?? '',
      role: user?.role ?? 'user',
      group: user?.group ?? 'default',
    },
    validate: {
      username: isNotEmpty(t('form.required')),
      password: (password) => (user || password ? null : t('form.required')),
    },
  });
  const submit = useSubmit(form, async (values) => {
    await (user ? change.mutateAsync(changeOf(user, values)) : create.mutateAsync(inputOf(values)));
    onClose();
  });

  return (
    <FormDrawer
      title={user ? t('action.editOf', { name: user.username }) : t('users.add')}
      submit={submit}
      submitLabel={user ? t('action.save') : t('users.create')}
      onClose={onClose}
      size={460}
    >
      <TextInput
        label={t('field.username')}
        required
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('username')}
      />
      <PasswordInput
        label={user ? t('users.newPassword') : t('field.password')}
        description={user ? t('users.newPasswordHint') : undefined}
        required={!user}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      <TextInput label={t('field.emailOptional')} type="email" autoComplete="off" {...form.getInputProps('email')} />
      <Select
        label={t('field.role')}
        data={grantable(me.role, user?.role).map((role) => ({ value: role, label: t(`role.${role}`) }))}
        allowDeselect={false}
        disabled={user?.role === 'root'}
        {...form.getInputProps('role')}
      />
      <Select
        label={t('field.group')}
        description={t('users.groupHint')}
        data={[...new Set([...groups.map(({ name }) => name), form.values.group])]}
        allowDeselect={false}
        {...form.getInputProps('group')}
      />
    </FormDrawer>
  );
}

/** A role is given by somebody above it; the one a user has can stay. */
function grantable(mine: Role, current: Role | undefined): Role[] {
  const roles: Role[] = mine === 'root' ? ['user', 'admin'] : ['user'];
  return current && !roles.includes(current) ? [...roles, current] : roles;
}

const inputOf = ({ username, password, email, role, group }: UserValues): NewUser => ({
  username: username.trim(),
  password,
  ...(email.trim() && { email: email.trim() }),
  role,
  group,
  status: 'active',
});

/** Only what was changed: the server refuses, for example, any word about root's own role. */
function changeOf(user: User, { username, password, email, role, group }: UserValues): UserChange {
  return {
    ...(username.trim() !== user.username && { username: username.trim() }),
    ...(password && { password }),
    ...(email.trim() !== (user.email ?? '') && { email: email.trim() || null }),
    ...(role !== user.role && { role }),
    ...(group !== user.group && { group }),
  };
}
