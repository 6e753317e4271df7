import { NumberInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { useSubmit } from '@/shared/hooks/use-submit';
import { FormDrawer } from '@/shared/ui/form-drawer';
import { useAdjustBalance } from './user.queries';

interface BalanceValues {
  direction: 'add' | 'take';
  amountUsd: number | '';
  reason: string;
}

export function BalanceForm({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const adjust = useAdjustBalance(user.id);
  const form = useForm<BalanceValues>({
    initialValues: { direction: 'add', amountUsd: '', reason: '' },
    validate: {
      amountUsd: (amount) => (amount === '' || amount <= 0 ? t('users.amountNeeded') : null),
      reason: isNotEmpty(t('form.required')),
    },
  });
  const { direction, amountUsd } = form.values;
  const change = (amountUsd === '' ? 0 : amountUsd) * (direction === 'add' ? 1 : -1);
  const submit = useSubmit(form, async ({ reason }) => {
    await adjust.mutateAsync({ amountUsd: change, reason: reason.trim() });
    onClose();
  });

  return (
    <FormDrawer
      title={t('users.adjustOf', { name: user.username })}
      submit={submit}
      submitLabel={t('users.adjustSubmit')}
      onClose={onClose}
      size={460}
    >
      <SegmentedControl
        fullWidth
        aria-label={t('users.direction')}
        data={[
          { value: 'add', label: t('users.credit') },
          { value: 'take', label: t('users.debit') },
        ]}
        {...form.getInputProps('direction')}
      />
      <NumberInput
        label={t('users.amount')}
        prefix="$"
        min={0}
        decimalScale={9}
        required
        data-autofocus
        {...form.getInputProps('amountUsd')}
      />
      <TextInput
        label={t('users.reason')}
        description={t('users.reasonHint')}
        required
        {...form.getInputProps('reason')}
      />
      <Stack gap={2}>
        <Text size="sm" c="dimmed">
          {t('users.balanceAfter')}
        </Text>
        <Text size="lg" fw={650}>
          {format.money(user.balanceUsd + change)}
        </Text>
      </Stack>
    </FormDrawer>
  );
}
