import { Group, Text } from '@mantine/core';

/** Many lines in, one address out. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="var(--mantine-primary-color-filled)" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M7.5 8.5c6.5 0 7 7.5 13.5 7.5M7.5 16h13.5M7.5 23.5c6.5 0 7-7.5 13.5-7.5" />
      </g>
      <circle cx="23" cy="16" r="3.4" fill="#fff" />
    </svg>
  );
}

export function Logo({ compact = false }: { compact?: boolean }) {
  return (
    <Group gap={10} wrap="nowrap">
      <Mark />
      {!compact && (
        <Text component="span" fw={650} fz="lg" lh={1} style={{ letterSpacing: '-0.02em' }}>
          One API
        </Text>
      )}
    </Group>
  );
}
