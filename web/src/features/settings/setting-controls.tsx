import { NumberInput, PasswordInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingField, SettingKind } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';

interface ControlProps {
  field: SettingField;
  value: unknown;
  error: ReactNode;
  onChange: (value: unknown) => void;
  labelId: string;
}

function NumberControl({ field: { kind, limits }, value, error, onChange, labelId }: ControlProps) {
  const format = useFormat();
  const long = limits.unit === 'ms' && typeof value === 'number' && value >= 1000;
  return (
    <NumberInput
      aria-labelledby={labelId}
      description={long ? format.duration(value) : undefined}
      inputWrapperOrder={['input', 'description', 'error']}
      value={typeof value === 'number' ? value : ''}
      onChange={onChange}
      error={error}
      min={limits.min}
      max={limits.max}
      allowDecimal={kind === 'number'}
      suffix={limits.unit && ` ${limits.unit}`}
      thousandSeparator=","
    />
  );
}

function SwitchControl({ value, error, onChange, labelId }: ControlProps) {
  return (
    <Switch
      aria-labelledby={labelId}
      checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
      error={error}
    />
  );
}

function TextControl({ field: { limits }, value, error, onChange, labelId }: ControlProps) {
  return (
    <TextInput
      aria-labelledby={labelId}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      maxLength={limits.maxLength}
    />
  );
}

function ChoiceControl({ field: { limits }, value, error, onChange, labelId }: ControlProps) {
  return (
    <Select
      aria-labelledby={labelId}
      data={limits.choices ?? []}
      value={typeof value === 'string' ? value : null}
      onChange={onChange}
      error={error}
      allowDeselect={false}
    />
  );
}

function ListControl({ field: { limits }, value, error, onChange, labelId }: ControlProps) {
  return (
    <TagsInput
      aria-labelledby={labelId}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={onChange}
      error={error}
      maxTags={limits.maxItems}
    />
  );
}

/** Write-only: what is stored is never shown, only that there is something. */
function SecretControl({ field: { configured }, value, error, onChange, labelId }: ControlProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      aria-labelledby={labelId}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value)}
      placeholder={configured ? t('settings.secretSet') : t('settings.secretNotSet')}
      autoComplete="new-password"
      error={error}
    />
  );
}

export const controls: Record<SettingKind, ComponentType<ControlProps>> = {
  integer: NumberControl,
  number: NumberControl,
  boolean: SwitchControl,
  text: TextControl,
  choice: ChoiceControl,
  list: ListControl,
  secret: SecretControl,
};
