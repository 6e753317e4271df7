import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

interface CardProps {
  title: string;
  hint?: string;
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page. */
export function Card({ title, hint, aside, children }: CardProps) {
  const id = useId();
  return (
    <Paper withBorder p="lg" h="100%" component="section" aria-labelledby={id}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Title order={2} id={id}>
              {title}
            </Title>
            {hint && (
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            )}
          </div>
          {aside}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
