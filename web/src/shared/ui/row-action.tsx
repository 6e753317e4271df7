import { ActionIcon, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import classes from './row-action.module.css';

interface RowActionProps {
  icon: Icon;
  /** Shown to everybody: "Edit". */
  hint: string;
  /** Read by screen readers, with the row's name: "Edit azure-east". */
  label: string;
  onClick: () => void;
  disabled?: boolean;
}

/** A quiet icon button at the end of a row. */
export function RowAction({ icon: Symbol, hint, label, onClick, disabled }: RowActionProps) {
  return (
    <Tooltip label={hint}>
      <ActionIcon
        className={classes.root}
        variant="subtle"
        color="gray"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
      >
        <Symbol size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
