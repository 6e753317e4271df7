import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingField } from '@/api/types';
import { controls } from './setting-controls';
import classes from './setting-input.module.css';

interface SettingInputProps {
  field: SettingField;
  value?: unknown;
  error?: ReactNode;
  onChange: (value: unknown) => void;
}

/** One setting: the server's own explanation on the left, its control on the right. */
export function SettingInput({ field, value, error, onChange }: SettingInputProps) {
  const { i18n } = useTranslation();
  const id = `setting-${field.path}`;
  const Control = controls[field.kind];
  return (
    <div className={classes.row}>
      <Stack gap={4}>
        <Text size="sm" id={id}>
          {i18n.language === 'zh-CN' ? field.help.zh : field.help.en}
        </Text>
        <Group gap="xs">
          <Text size="xs" c="dimmed" ff="monospace">
            {field.path}
          </Text>
          <ResetButton field={field} value={value} onChange={onChange} />
        </Group>
      </Stack>
      <Control field={field} value={value} error={error} onChange={onChange} labelId={id} />
    </div>
  );
}

function ResetButton({ field, value, onChange }: Omit<SettingInputProps, 'error'>) {
  const { t } = useTranslation();
  const isDefault = field.default === undefined || JSON.stringify(value) === JSON.stringify(field.default);
  if (isDefault) return null;
  return (
    <Button size="compact-xs" variant="subtle" onClick={() => onChange(field.default)}>
      {t('settings.reset')}
    </Button>
  );
}
