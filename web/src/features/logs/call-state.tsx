import { useTranslation } from 'react-i18next';
import type { CallStatus, UsageEntry } from '@/api/types';
import { StateDot, type Tone } from '@/shared/ui/state-dot';

const tones: Record<CallStatus, Tone> = { ok: 'good', error: 'bad', aborted: 'warn' };

/** How a call ended; several attempts are worth a word even when the last one worked. */
export function CallState({ entry: { status, httpStatus, errorCode, attempts } }: { entry: UsageEntry }) {
  const { t } = useTranslation();
  const failed = status === 'error' ? `${httpStatus}${errorCode ? ` ${errorCode}` : ''}` : null;
  const retried = attempts.length > 1 ? t('logs.attemptCount', { count: attempts.length }) : null;
  return (
    <StateDot
      tone={tones[status]}
      label={retried && status === 'ok' ? retried : t(`logs.status.${status}`)}
      reason={failed}
    />
  );
}
