import { Button, Collapse, JsonInput, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Model } from '@/api/types';
import { useSubmit } from '@/shared/hooks/use-submit';
import { FormDrawer } from '@/shared/ui/form-drawer';
import { FormSection } from '@/shared/ui/form-section';
import { useSaveModel } from './model.queries';
import { callRates, inputOf, mainRates, moreRates, pricesOf, valuesOf, type ModelValues } from './model-values';
import { specialExample, specialRates } from './special-rates';
import { TryPrice } from './try-price';

/** `model` absent: a new one. A name that ends in `*` prices every model that begins so. */
export function ModelForm({ model, onClose }: { model: Model | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveModel();
  const form = useForm<ModelValues>({
    initialValues: valuesOf(model),
    validate: {
      id: isNotEmpty(t('form.required')),
      special: (text) => (specialRates(text) ? null : t('models.specialInvalid')),
    },
  });
  const submit = useSubmit(form, async (values) => {
    await save.mutateAsync({ id: values.id.trim(), body: inputOf(values, model) });
    onClose();
  });
  const price = (field: keyof ModelValues['prices']) => (
    <NumberInput
      key={field}
      label={t(`models.price.${field}`)}
      prefix="$"
      min={0}
      decimalScale={9}
      {...form.getInputProps(`prices.${field}`)}
    />
  );

  return (
    <FormDrawer
      title={model ? t('action.editOf', { name: model.id }) : t('models.add')}
      submit={submit}
      submitLabel={t('action.save')}
      onClose={onClose}
    >
      <TextInput
        label={t('models.id')}
        description={t('models.idHint')}
        required
        readOnly={model !== undefined}
        data-autofocus
        {...form.getInputProps('id')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t('models.owner')} {...form.getInputProps('owner')} />
        <NumberInput
          label={t('models.context')}
          suffix={t('models.tokensSuffix')}
          thousandSeparator=","
          allowDecimal={false}
          min={0}
          {...form.getInputProps('contextWindow')}
        />
      </SimpleGrid>
      <FormSection title={t('models.pricesPerMillion')}>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>{mainRates.map(price)}</SimpleGrid>
        <MoreRates opened={moreRates.some((rate) => form.values.prices[rate] !== '')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>{moreRates.map(price)}</SimpleGrid>
        </MoreRates>
      </FormSection>
      <FormSection title={t('models.pricesPerCall')}>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>{callRates.map(price)}</SimpleGrid>
      </FormSection>
      <FormSection title={t('models.special')}>
        <JsonInput
          label={t('models.specialJson')}
          description={t('models.specialHint')}
          placeholder={specialExample}
          autosize
          minRows={6}
          maxRows={20}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.getInputProps('special')}
        />
      </FormSection>
      <FormSection title={t('models.tryTitle')}>
        <TryPrice prices={pricesOf(form.values)} />
      </FormSection>
    </FormDrawer>
  );
}

/** Rates few models have. Open when one of them is set. */
function MoreRates({ opened, children }: { opened: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const [expanded, { toggle }] = useDisclosure(opened);
  return (
    <>
      <Button
        variant="subtle"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        aria-expanded={expanded}
        leftSection={expanded ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        onClick={toggle}
      >
        {t('models.moreRates')}
      </Button>
      <Collapse expanded={expanded}>{children}</Collapse>
    </>
  );
}
