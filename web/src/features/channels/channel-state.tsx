import { useTranslation } from 'react-i18next';
import type { Channel, ChannelStatus } from '@/api/types';
import { StateDot, type Tone } from '@/shared/ui/state-dot';

export const statusTones: Record<ChannelStatus, Tone> = { enabled: 'good', disabled: 'off', auto_disabled: 'bad' };

/** An enabled channel whose credentials rest, some or all, says so; the reason is the first of them. */
export function ChannelState({ channel: { status, statusReason, health, keys } }: { channel: Channel }) {
  const { t } = useTranslation();
  if (status === 'enabled' && (health === 'cooling' || health === 'degraded')) {
    const reason = keys.find((key) => key.reason)?.reason;
    return <StateDot tone="warn" label={t(`channels.health.${health}`)} reason={reason} />;
  }
  return <StateDot tone={statusTones[status]} label={t(`channels.status.${status}`)} reason={statusReason} />;
}
