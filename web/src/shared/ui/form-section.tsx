import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export function FormSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="md">
      <Title order={3} fz="sm" c="dimmed" fw={600} mt="xs">
        {title}
      </Title>
      {children}
    </Stack>
  );
}
