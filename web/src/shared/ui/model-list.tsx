import { Badge, Code, Group, HoverCard, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core';

/** The first names and how many more; the rest on hover or focus. */
export function ModelList({ models, none, show = 2 }: { models: readonly string[]; none: string; show?: number }) {
  if (models.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  const hidden = models.length - show;
  return (
    <Group gap={6} wrap="nowrap">
      {models.slice(0, show).map((model) => (
        <Code key={model} style={{ whiteSpace: 'nowrap' }}>
          {model}
        </Code>
      ))}
      {hidden > 0 && (
        <HoverCard position="bottom" withArrow>
          <HoverCard.Target>
            <Badge component={UnstyledButton} variant="default" radius="sm" tt="none" fw={500}>
              +{hidden}
            </Badge>
          </HoverCard.Target>
          <HoverCard.Dropdown>
            <ScrollArea.Autosize mah={260}>
              <Stack gap={4}>
                {models.slice(show).map((model) => (
                  <Code key={model}>{model}</Code>
                ))}
              </Stack>
            </ScrollArea.Autosize>
          </HoverCard.Dropdown>
        </HoverCard>
      )}
    </Group>
  );
}
