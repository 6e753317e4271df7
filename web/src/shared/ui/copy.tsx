import { ActionIcon, Button, Tooltip, type ButtonProps } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '@/shared/hooks/use-copy';

export function CopyIcon({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  return (
    <Tooltip label={copied ? t('action.copied') : label}>
      <ActionIcon variant="subtle" color={copied ? 'teal' : 'gray'} aria-label={label} onClick={() => copy(value)}>
        {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function CopyTextButton({ value, label, ...props }: { value: string; label: string } & ButtonProps) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  return (
    <Button
      leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      onClick={() => copy(value)}
      {...props}
    >
      {copied ? t('action.copied') : label}
    </Button>
  );
}
