import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { hasLength, useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { NewAccount } from '@/api/types';
import { useSubmit } from '@/shared/hooks/use-submit';
import { PASSWORD_MIN } from '@/shared/password';
import { ProblemAlert } from './problem-alert';

interface AccountFormProps {
  username: string;
  submitLabel: string;
  onSubmit: (account: NewAccount) => Promise<void>;
}

/** Name and password of an account to be made: at set-up, and where registration is open. */
export function AccountForm({ username: suggested, submitLabel, onSubmit }: AccountFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { username: suggested, password: '', repeated: '', email: '' },
    validate: {
      username: hasLength({ min: 1 }, t('form.required')),
      password: hasLength({ min: PASSWORD_MIN }, t('form.passwordTooShort', { min: PASSWORD_MIN })),
      repeated: (repeated, { password }) => (repeated === password ? null : t('form.passwordsDiffer')),
    },
  });
  const submit = useSubmit(form, ({ username, password, email }) =>
    onSubmit({ username, password, ...(email && { email }) }),
  );

  return (
    <form onSubmit={submit.onSubmit} noValidate>
      <Stack>
        <ProblemAlert problem={submit.problem} />
        <TextInput label={t('field.username')} autoComplete="username" required {...form.getInputProps('username')} />
        <PasswordInput
          label={t('field.password')}
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
        <TextInput
          label={t('field.emailOptional')}
          type="email"
          autoComplete="email"
          {...form.getInputProps('email')}
        />
        <Button type="submit" size="md" mt="xs" loading={submit.pending}>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  );
}
