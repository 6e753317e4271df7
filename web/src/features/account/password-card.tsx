import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { hasLength, isNotEmpty, useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useSubmit } from '@/shared/hooks/use-submit';
import { PASSWORD_MIN } from '@/shared/password';
import { Card } from '@/shared/ui/card';
import { ProblemAlert } from '@/shared/ui/problem-alert';
import { useChangeMe } from './account.queries';

export function PasswordCard() {
  const { t } = useTranslation();
  const save = useChangeMe(t('account.passwordChanged'));
  const form = useForm({
    initialValues: { currentPassword: '', password: '', repeated: '' },
    validate: {
      currentPassword: isNotEmpty(t('form.required')),
      password: hasLength({ min: PASSWORD_MIN }, t('form.passwordTooShort', { min: PASSWORD_MIN })),
      repeated: (repeated, { password }) => (repeated === password ? null : t('form.passwordsDiffer')),
    },
  });
  const submit = useSubmit(form, async ({ currentPassword, password }) => {
    await save.mutateAsync({ currentPassword, password });
    form.reset();
  });

  return (
    <Card title={t('account.password')} hint={t('account.passwordHint')}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack gap="md">
          <PasswordInput
            label={t('account.currentPassword')}
            autoComplete="current-password"
            required
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label={t('account.newPassword')}
            description={t('form.passwordHint', { min: PASSWORD_MIN })}
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          <PasswordInput
            label={t('field.repeatPassword')}
            autoComplete="new-password"
            required
            {...form.getInputProps('repeated')}
          />
          <ProblemAlert problem={submit.problem} />
          <Group justify="flex-end">
            <Button type="submit" loading={submit.pending}>
              {t('account.changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
