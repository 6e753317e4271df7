import { Button, Center, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCloudOff, IconRefresh, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useProblemText } from '@/shared/hooks/use-problem';

interface EmptyStateProps {
  icon: Icon;
  title: string;
  hint: string;
  action?: ReactNode;
  /** Where it is all there is, its title is the page's heading. */
  heading?: 1 | 2;
}

/** Nothing here yet, and what to do about it. */
export function EmptyState({ icon: Symbol, title, hint, action, heading = 2 }: EmptyStateProps) {
  return (
    <Center py={56} px="lg">
      <Stack align="center" gap="sm" maw={420}>
        <ThemeIcon size={56} radius="xl" variant="light">
          <Symbol size={28} stroke={1.5} />
        </ThemeIcon>
        <Title order={heading} ta="center">
          {title}
        </Title>
        <Text c="dimmed" size="sm" ta="center">
          {hint}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, detail, requestId } = useProblemText()(error);
  return (
    <Center py={56} px="lg" role="alert">
      <Stack align="center" gap="sm" maw={460}>
        <ThemeIcon size={56} radius="xl" variant="light" color="red">
          <IconCloudOff size={28} stroke={1.5} />
        </ThemeIcon>
        <Title order={2} ta="center">
          {title}
        </Title>
        {detail && (
          <Text c="dimmed" size="sm" ta="center">
            {detail}
          </Text>
        )}
        {requestId && (
          <Text c="dimmed" size="xs" ff="monospace">
            {t('problem.requestId', { id: requestId })}
          </Text>
        )}
        {onRetry && (
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )}
      </Stack>
    </Center>
  );
}
