import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageProps {
  title: string;
  description?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: its only h1, what it is for, its main actions. */
export function Page({ title, description, actions, children }: PageProps) {
  useDocumentTitle(`${title} · One API`);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="center" gap="md">
        <Box flex="1 1 280px">
          <Title order={1}>{title}</Title>
          {description && (
            <Text c="dimmed" size="sm" mt={4} maw={720}>
              {description}
            </Text>
          )}
        </Box>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
