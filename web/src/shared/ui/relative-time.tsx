import { Text, Tooltip } from '@mantine/core';
import { DASH } from '@/shared/format/format';
import { useFormat } from '@/shared/format/use-format';
import { useNow } from '@/shared/hooks/use-now';

/** "3 minutes ago", with the exact moment on hover and focus. */
export function RelativeTime({ at, fallback = DASH }: { at: string | null; fallback?: string }) {
  const format = useFormat();
  const now = useNow();
  if (!at) return <>{fallback}</>;
  return (
    <Tooltip label={format.dateTime(at)}>
      <Text component="time" dateTime={at} inherit style={{ whiteSpace: 'nowrap' }}>
        {format.relative(at, now)}
      </Text>
    </Tooltip>
  );
}
