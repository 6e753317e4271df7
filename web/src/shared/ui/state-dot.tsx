import { Tooltip } from '@mantine/core';
import classes from './state-dot.module.css';

export type Tone = 'good' | 'off' | 'warn' | 'bad';

/** A state in words with a coloured dot; `reason` says why. */
export function StateDot({ tone, label, reason }: { tone: Tone; label: string; reason?: string | null }) {
  const dot = (
    <span
      className={classes.root}
      data-tone={tone}
      data-hint={reason ? '' : undefined}
      tabIndex={reason ? 0 : undefined}
    >
      {label}
    </span>
  );
  if (!reason) return dot;
  return (
    <Tooltip label={reason} multiline maw={360}>
      {dot}
    </Tooltip>
  );
}
