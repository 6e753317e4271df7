import { NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChannelForm } from './channel-values';
import { deadlines } from './failover-values';
import { PairsField } from './pairs-field';

/** What happens when the upstream is slow, dear or fails. */
export function FailoverFields() {
  const { t } = useTranslation();
  const form = useChannelForm();
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {deadlines.map((name) => (
          <NumberInput
            key={name}
            label={t(`channels.timeouts.${name}`)}
            placeholder={t('channels.timeouts.usual')}
            min={50}
            suffix=" ms"
            allowDecimal={false}
            {...form.getInputProps(`settings.timeouts.${name}`)}
          />
        ))}
      </SimpleGrid>
      <NumberInput
        label={t('channels.costMultiplier')}
        description={t('channels.costMultiplierHint')}
        placeholder="1"
        min={0}
        step={0.1}
        decimalScale={4}
        {...form.getInputProps('settings.costMultiplier')}
      />
      <TextInput
        label={t('channels.testModel')}
        description={t('channels.testModelHint')}
        spellCheck={false}
        {...form.getInputProps('settings.testModel')}
      />
      <PairsField
        name="settings.errorKinds"
        pairs={form.values.settings.errorKinds}
        label={t('channels.errorKinds')}
        hint={t('channels.errorKindsHint')}
        from={t('channels.errorCode')}
        to={t('channels.errorKind')}
        add={t('channels.errorKindAdd')}
      />
    </>
  );
}
