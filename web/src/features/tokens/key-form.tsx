import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core';
import { isNotEmpty, useForm, type UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ApiKey, IssuedKey } from '@/api/types';
import { groupsQuery } from '@/shared/groups.query';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { useSubmit } from '@/shared/hooks/use-submit';
import { modelsQuery } from '@/shared/models.query';
import { FormDrawer } from '@/shared/ui/form-drawer';
import { FormSection } from '@/shared/ui/form-section';
import { useChangeKey, useCreateKey } from './key.queries';
import { daysFromNow, inputOf, valuesOf, type KeyValues } from './key-values';

interface KeyFormProps {
  /** Absent: a new one. */
  apiKey: ApiKey | undefined;
  onClose: () => void;
  onCreated: (apiKey: IssuedKey) => void;
}

type FieldsProps = { form: UseFormReturnType<KeyValues> };

export function KeyForm({ apiKey, onClose, onCreated }: KeyFormProps) {
  const { t } = useTranslation();
  const create = useCreateKey();
  const change = useChangeKey(apiKey?.id ?? '');
  const form = useForm<KeyValues>({
    initialValues: valuesOf(apiKey),
    validate: { name: isNotEmpty(t('form.required')) },
  });
  const submit = useSubmit(form, async (values) => {
    const input = inputOf(values, apiKey);
    if (!apiKey) return onCreated(await create.mutateAsync(input));
    await change.mutateAsync(input);
    onClose();
  });

  return (
    <FormDrawer
      title={apiKey ? t('action.editOf', { name: apiKey.name }) : t('keys.create')}
      submit={submit}
      submitLabel={apiKey ? t('action.save') : t('keys.create')}
      onClose={onClose}
    >
      <TextInput
        label={t('field.name')}
        description={t('keys.nameHint')}
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <ExpiryField form={form} />
      <FormSection title={t('keys.section.spending')}>
        <SpendingFields form={form} />
      </FormSection>
      <FormSection title={t('keys.section.access')}>
        <AccessFields form={form} />
      </FormSection>
      <FormSection title={t('keys.section.rate')}>
        <RateFields form={form} />
      </FormSection>
    </FormDrawer>
  );
}

const presets = [30, 90, 365];

function ExpiryField({ form }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <TextInput
        type="date"
        label={t('keys.expires')}
        description={t('keys.expiresHint')}
        min={daysFromNow(0)}
        {...form.getInputProps('expiresAt')}
      />
      <Group gap="xs">
        {presets.map((days) => (
          <Button
            key={days}
            size="compact-xs"
            variant="default"
            onClick={() => form.setFieldValue('expiresAt', daysFromNow(days))}
          >
            {t('keys.inDays', { count: days })}
          </Button>
        ))}
        <Button size="compact-xs" variant="default" onClick={() => form.setFieldValue('expiresAt', '')}>
          {t('keys.never')}
        </Button>
      </Group>
    </Stack>
  );
}

function SpendingFields({ form }: FieldsProps) {
  const { t } = useTranslation();
  const periods = (['none', 'day', 'week', 'month'] as const).map((value) => ({
    value,
    label: t(`keys.period.${value}`),
  }));
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <NumberInput
        label={t('keys.budget')}
        placeholder={t('keys.noLimit')}
        prefix="$"
        min={0}
        decimalScale={9}
        {...form.getInputProps('budgetUsd')}
      />
      <Select
        label={t('keys.budgetPeriod')}
        data={periods}
        allowDeselect={false}
        {...form.getInputProps('budgetPeriod')}
      />
    </SimpleGrid>
  );
}

function AccessFields({ form }: FieldsProps) {
  const { t } = useTranslation();
  const { data: models = [] } = useQuery(modelsQuery);
  const admin = isAdmin(useUser());
  const { data: groups = [] } = useQuery({ ...groupsQuery, enabled: admin });
  return (
    <>
      <TagsInput
        label={t('field.models')}
        description={t('keys.modelsHint')}
        data={models.map(({ id }) => id)}
        splitChars={[',', ' ']}
        limit={50}
        {...form.getInputProps('models')}
      />
      {admin && (
        <Select
          label={t('field.group')}
          description={t('keys.groupHint')}
          data={[...new Set([...groups.map(({ name }) => name), ...(form.values.group ? [form.values.group] : [])])]}
          clearable
          clearButtonProps={{ 'aria-label': t('action.clear') }}
          {...form.getInputProps('group')}
        />
      )}
      <TagsInput
        label={t('keys.allowedIps')}
        description={t('keys.allowedIpsHint')}
        splitChars={[',', ' ']}
        {...form.getInputProps('allowedIps')}
      />
    </>
  );
}

function RateFields({ form }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      {(['rpm', 'tpm', 'concurrency'] as const).map((field) => (
        <NumberInput
          key={field}
          label={t(`limit.${field}`)}
          placeholder={t('keys.noLimit')}
          min={1}
          allowDecimal={false}
          thousandSeparator=","
          {...form.getInputProps(field)}
        />
      ))}
    </SimpleGrid>
  );
}
