import { Stack, Text, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useUser } from '@/shared/hooks/use-session';
import { sectionsFor } from './navigation';
import classes from './sidebar.module.css';

/** The way around. `compact` is the rail of icons; the names move into tooltips. */
export function Sidebar({ compact = false, onNavigate }: { compact?: boolean; onNavigate?: () => void }) {
  const { t } = useTranslation();
  const user = useUser();
  return (
    <Stack gap="lg" className={classes.root} data-compact={compact || undefined}>
      {sectionsFor(user).map(({ name, items }) => (
        <Stack key={name} gap={2}>
          {!compact && (
            <Text size="xs" c="dimmed" fw={600} className={classes.section}>
              {t(`nav.section.${name}`)}
            </Text>
          )}
          {items.map(({ to, name: item, icon: Symbol }) => (
            <Tooltip key={to} label={t(`nav.${item}`)} position="right" disabled={!compact}>
              <Link
                to={to}
                className={classes.link}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                aria-label={compact ? t(`nav.${item}`) : undefined}
                onClick={onNavigate}
              >
                <Symbol size={20} stroke={1.6} aria-hidden />
                {!compact && t(`nav.${item}`)}
              </Link>
            </Tooltip>
          ))}
        </Stack>
      ))}
    </Stack>
  );
}
