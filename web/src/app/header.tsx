import { ActionIcon, Burger, Group } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ColorSchemeMenu } from '@/shared/ui/color-scheme-menu';
import { LanguageMenu } from '@/shared/ui/language-menu';
import { UserMenu } from './user-menu';

interface HeaderProps {
  compact: boolean;
  onToggleCompact: () => void;
  onOpenMenu: () => void;
}

export function Header({ compact, onToggleCompact, onOpenMenu }: HeaderProps) {
  const { t } = useTranslation();
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="xs">
        <Burger size="sm" hiddenFrom="sm" onClick={onOpenMenu} aria-label={t('nav.open')} />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          visibleFrom="sm"
          onClick={onToggleCompact}
          aria-label={compact ? t('nav.expand') : t('nav.collapse')}
        >
          {compact ? <IconLayoutSidebarLeftExpand size={20} /> : <IconLayoutSidebarLeftCollapse size={20} />}
        </ActionIcon>
      </Group>
      <Group gap={6} wrap="nowrap">
        <LanguageMenu />
        <ColorSchemeMenu />
        <UserMenu />
      </Group>
    </Group>
  );
}
