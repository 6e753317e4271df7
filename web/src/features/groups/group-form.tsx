import { NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Group } from '@/api/types';
import { useSubmit } from '@/shared/hooks/use-submit';
import { FormDrawer } from '@/shared/ui/form-drawer';
import { FormSection } from '@/shared/ui/form-section';
import { fallbacksOf } from './fallback-lines';
import { type GroupValues, inputOf, valuesOf } from './group-values';
import { useSaveGroup } from './group.queries';
import { RoutingFields } from './routing-fields';

const limits = ['rpm', 'tpm', 'concurrency'] as const;

/** `group` absent: a new one. */
export function GroupForm({ group, onClose }: { group: Group | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveGroup();
  const form = useForm<GroupValues>({
    initialValues: valuesOf(group),
    validate: {
      name: isNotEmpty(t('form.required')),
      routing: { fallbacks: (text) => (fallbacksOf(text) ? null : t('groups.fallbacksInvalid')) },
    },
  });
  const submit = useSubmit(form, async (values) => {
    await save.mutateAsync({ name: values.name.trim(), body: inputOf(values) });
    onClose();
  });

  return (
    <FormDrawer
      title={group ? t('action.editOf', { name: group.name }) : t('groups.add')}
      submit={submit}
      submitLabel={t('action.save')}
      onClose={onClose}
      size={460}
    >
      <TextInput
        label={t('field.name')}
        required
        readOnly={group !== undefined}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <NumberInput
        label={t('groups.multiplier')}
        description={t('groups.multiplierHint')}
        prefix="× "
        min={0}
        step={0.1}
        decimalScale={6}
        {...form.getInputProps('priceMultiplier')}
      />
      <FormSection title={t('groups.limits')}>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          {limits.map((limit) => (
            <NumberInput
              key={limit}
              label={t(`limit.${limit}`)}
              placeholder={t('limit.none')}
              min={1}
              allowDecimal={false}
              thousandSeparator=","
              {...form.getInputProps(limit)}
            />
          ))}
        </SimpleGrid>
      </FormSection>
      <FormSection title={t('groups.routing')}>
        <RoutingFields form={form} />
      </FormSection>
    </FormDrawer>
  );
}
