import { useTranslation } from 'react-i18next';
import type { Channel, ChannelPause, ChannelStatus } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { StateDot, type Tone } from '@/shared/ui/state-dot';

export const statusTones: Record<ChannelStatus, Tone> = { enabled: 'good', disabled: 'off', auto_disabled: 'bad' };

/** What is left alone, until when and why, in a sentence. */
export function usePauseWords(): (pause: ChannelPause) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ model, until, reason, state }) => {
    const what = model ?? t('channels.pause.everyModel');
    return t(`channels.pause.${state}`, { model: what, until: format.dateTime(until), reason: reason ?? '' });
  };
}

/** An enabled channel whose credentials rest, some or all, says so; the reason is the first of them. */
export function ChannelState({ channel: { status, statusReason, health, keys, pauses } }: { channel: Channel }) {
  const { t } = useTranslation();
  const words = usePauseWords();
  if (status === 'enabled' && (health === 'cooling' || health === 'degraded')) {
    const [pause] = [...pauses, ...keys.flatMap((key) => key.pauses)];
    const reason = keys.find((key) => key.reason)?.reason ?? (pause && words(pause));
    return <StateDot tone="warn" label={t(`channels.health.${health}`)} reason={reason} />;
  }
  return <StateDot tone={statusTones[status]} label={t(`channels.status.${status}`)} reason={statusReason} />;
}
