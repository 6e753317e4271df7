import { Avatar, Box, Group, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { session } from '@/api/session';
import { useUser } from '@/shared/hooks/use-session';
import { MenuItemLink } from '@/shared/ui/links';
import classes from './user-menu.module.css';

export function UserMenu() {
  const { t } = useTranslation();
  const user = useUser();
  const signOut = useMutation({
    mutationFn: () => api.POST('/api/auth/logout', {}),
    onSuccess: () => session.end(),
  });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.target} aria-label={t('userMenu.label', { name: user.username })}>
          <Group gap={10} wrap="nowrap">
            <Avatar size={30} radius="xl" color="lagoon" variant="filled" aria-hidden>
              {user.username.slice(0, 1).toUpperCase()}
            </Avatar>
            <Box visibleFrom="sm">
              <Text size="sm" fw={600} lh={1.25} maw={160} truncate>
                {user.username}
              </Text>
              <Text size="xs" c="dimmed" lh={1.25}>
                {t(`role.${user.role}`)}
              </Text>
            </Box>
            <IconChevronDown size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItemLink to="/account" leftSection={<IconUserCircle size={16} />}>
          {t('nav.account')}
        </MenuItemLink>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t('userMenu.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
